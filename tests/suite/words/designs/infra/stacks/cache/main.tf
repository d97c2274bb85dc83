resource "kubernetes_config_map" "conf" {
  metadata {
    name      = "cache-conf"
    namespace = "cache"
  }
  data = {
    "redis.conf" = <<-EOT
      # what is asked for least goes first
      maxmemory 512mb
      maxmemory-policy volatile-lru
      requirepass from-the-environment
    EOT
  }
}

resource "kubernetes_stateful_set_v1" "cache" {
  metadata {
    name      = "cache"
    namespace = "cache"
  }
  spec {
    service_name = "cache"
    replicas     = 1
    selector { match_labels = { app = "cache" } }
    template {
      metadata { labels = { app = "cache" } }
      spec {
        container {
          name  = "redis"
          image = "docker.io/library/redis:8"
        }
      }
    }
  }
}

resource "kubernetes_service" "cache" {
  metadata {
    name      = "cache-main"
    namespace = "cache"
  }
  spec {
    selector = { app = "cache" }
    port {
      name = "redis"
      port = 6379
    }
  }
}
