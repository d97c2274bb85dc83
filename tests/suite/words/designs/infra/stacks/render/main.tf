locals {
  seats = { denoise = 4000, preview = 2500, encode = 1500 }
}

module "studio" {
  source    = "../../modules/studio"
  only_tell = false
}

resource "kubernetes_deployment" "seat" {
  for_each = local.seats
  metadata {
    name      = each.key
    namespace = "render"
  }
  spec {
    selector { match_labels = { app = each.key } }
    template {
      metadata { labels = { app = each.key } }
      spec {
        container {
          name  = each.key
          image = "registry.example.org/render:4.2"
          resources {
            limits = {
              memory             = "2Gi"
              "example.org/vram" = tostring(each.value)
            }
          }
          liveness_probe {
            http_get {
              path = "/alive"
              port = 8080
            }
          }
          readiness_probe {
            http_get {
              path = "/ready"
              port = 8080
            }
          }
        }
      }
    }
  }
}
