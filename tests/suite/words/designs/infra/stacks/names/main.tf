resource "kubernetes_stateful_set_v1" "names" {
  metadata {
    name      = "names"
    namespace = "names"
  }
  spec {
    service_name = "names"
    replicas     = 2
    selector { match_labels = { app = "names" } }
    template {
      metadata { labels = { app = "names" } }
      spec {
        container {
          name  = "names"
          image = "registry.example.org/names:13"
        }
      }
    }
  }
}
