locals {
  shared_ip = "10.7.0.20"
}

resource "helm_release" "proxy" {
  name       = "proxy"
  namespace  = "edge"
  repository = "https://charts.example.org"
  chart      = "proxy"
  version    = "12.1.0"
  values = [yamlencode({
    deployment = { replicas = 3 }
    service = {
      annotations = {
        "metallb.io/loadBalancerIPs" = "10.7.0.23"
      }
      spec = { externalTrafficPolicy = "Local" }
    }
    podDisruptionBudget = {
      enabled      = true
      minAvailable = 2
    }
  })]
}

resource "kubernetes_service" "relay" {
  metadata {
    name        = "relay"
    namespace   = "relay"
    annotations = { "metallb.io/loadBalancerIPs" = local.shared_ip }
  }
  spec {
    type                    = "LoadBalancer"
    external_traffic_policy = "Cluster"
    selector                = { app = "relay" }
    port {
      port = 3478
    }
  }
}

resource "kubernetes_service" "tunnel" {
  metadata {
    name        = "tunnel"
    namespace   = "tunnel"
    annotations = { "metallb.universe.tf/loadBalancerIPs" = local.shared_ip }
  }
  spec {
    type     = "LoadBalancer"
    selector = { app = "tunnel" }
    port {
      port = 51820
    }
  }
}

resource "kubernetes_manifest" "homes_only" {
  manifest = {
    apiVersion = "traefik.io/v1alpha1"
    kind       = "Middleware"
    metadata   = { name = "homes-only", namespace = "edge" }
    spec = {
      ipAllowList = {
        sourceRange = [
          "10.7.0.0/16",
          "192.168.40.0/24", # the flat
          "192.168.41.0/24", # the workshop
          "fd00::/8",
        ]
      }
    }
  }
}

resource "kubernetes_manifest" "house_only" {
  manifest = {
    apiVersion = "traefik.io/v1alpha1"
    kind       = "Middleware"
    metadata   = { name = "house-only", namespace = "edge" }
    spec = {
      ipAllowList = {
        sourceRange = ["10.7.0.0/16", "fd00::/8"]
      }
    }
  }
}
