resource "kubernetes_namespace" "shop" {
  metadata {
    name   = "shop"
    labels = { "pod-security.kubernetes.io/enforce" = "restricted" }
  }
}

resource "kubernetes_network_policy" "shop" {
  metadata {
    name      = "only-the-proxy"
    namespace = "shop"
  }
  spec {
    pod_selector {}
    policy_types = ["Ingress"]
    ingress {
      from {
        namespace_selector {
          match_labels = { name = "edge" }
        }
      }
    }
  }
}

resource "kubernetes_cluster_role" "reader" {
  metadata {
    name = "reader"
  }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get", "list"]
  }
}

resource "kubernetes_persistent_volume_claim" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
      requests = { storage = "20Gi" }
    }
  }
}
