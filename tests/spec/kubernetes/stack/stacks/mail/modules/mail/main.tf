locals {
  labels = { app = "mail" }
  ports  = { smtp = 25, submission = 587 }
}

resource "kubernetes_namespace" "mail" {
  metadata {
    name = "mail"
  }
}

resource "kubernetes_config_map" "environment" {
  metadata {
    name      = "mail.env"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
  data = {
    ENABLE_RSPAMD = 1
    # ENABLE_CLAMAV = "1"
    ENABLE_CLAMAV = "0"
    RELAY_HOST    = "[${var.relay}]:587"
    SIZE_LIMIT    = 1024 * 1024 * 200
  }
}

resource "kubernetes_config_map" "merged" {
  metadata {
    name      = "mail.merged"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
  data = merge(var.extra_environment, { ONE_DIR = "1" })
}

resource "kubernetes_config_map_v1" "config" {
  metadata {
    name      = "mail.config"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
  data = {
    "main.cf"  = var.main_cf
    "virtual"  = "postmaster ${var.relay}\n"
    "accounts" = bcrypt(var.signing_key)
    "rspamd"   = <<-EOF
      enabled = true;
      path = "/tmp/dkim/mail.private";
    EOF
  }
  lifecycle {
    ignore_changes = [data["accounts"]]
  }
}

resource "kubernetes_secret" "key" {
  metadata {
    name      = "mail.key"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
  data = {
    "example.org.key" = var.signing_key
  }
}

resource "kubernetes_deployment" "server" {
  metadata {
    name      = "mail"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
  spec {
    replicas = "1"
    strategy {
      type = "Recreate"
    }
    template {
      metadata {
        labels = local.labels
      }
      spec {
        container {
          name  = "server"
          image = "example/mail:1.2"
          env_from {
            config_map_ref {
              name = kubernetes_config_map.environment.metadata[0].name
            }
          }
          dynamic "env" {
            for_each = var.debug ? ["DEBUG"] : []
            content {
              name  = env.value
              value = "1"
            }
          }
          dynamic "env" {
            for_each = { LOG = "warn", TIMEOUT = 30 }
            content {
              name  = "MAIL_${env.key}"
              value = env.value
            }
          }
          dynamic "port" {
            for_each = local.ports
            content {
              name           = port.key
              container_port = port.value
            }
          }
          volume_mount {
            name       = "config"
            mount_path = "/tmp/mail/main.cf"
            sub_path   = "main.cf"
          }
          volume_mount {
            name       = "config"
            mount_path = "/tmp/mail/virtual"
            sub_path   = "virtual"
          }
          volume_mount {
            name       = "config"
            mount_path = "/tmp/mail/override.d/dkim.conf"
            sub_path   = "rspamd"
          }
          volume_mount {
            name       = "config"
            mount_path = "/tmp/mail/accounts"
            sub_path   = "accounts"
          }
          volume_mount {
            name       = "key"
            mount_path = "/tmp/dkim/mail.private"
            sub_path   = "example.org.key"
          }
          resources {
            limits = {
              memory = "512Mi"
            }
          }
        }
        volume {
          name = "config"
          config_map {
            name = kubernetes_config_map_v1.config.metadata[0].name
          }
        }
        volume {
          name = "key"
          secret {
            secret_name = kubernetes_secret.key.metadata[0].name
          }
        }
      }
    }
  }
  lifecycle {
    ignore_changes = [
      spec[0].template[0].spec[0].container[0].image,
    ]
  }
}

resource "kubernetes_deployment" "worker" {
  metadata {
    name      = "worker"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
  spec {
    template {
      spec {
        container {
          name  = "worker"
          image = "example/worker:${var.relay}"
          env_from {
            config_map_ref {
              name = "mail.merged"
            }
          }
          dynamic "env" {
            for_each = var.extra_environment
            content {
              name  = "EXTRA_${env.key}"
              value = env.value
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_deployment" "debug" {
  count = var.debug ? 1 : 0
  metadata {
    name      = "debug"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
}

resource "kubernetes_deployment" "perhaps" {
  count = var.relay == "" ? 0 : 1
  metadata {
    name      = "perhaps"
    namespace = kubernetes_namespace.mail.metadata[0].name
  }
}

resource "kubernetes_service" "server" {
  for_each = toset(["in", "out"])
  metadata {
    name      = "mail-${each.key}"
    namespace = kubernetes_namespace.mail.metadata[0].name
    annotations = {
      "metallb.io/loadBalancerIPs" = "192.0.2.25"
    }
  }
  spec {
    type                    = each.key == "out" ? "LoadBalancer" : "ClusterIP"
    external_traffic_policy = "Local"
    selector                = local.labels
    port {
      name        = "smtp"
      port        = 25
      target_port = "smtp"
    }
  }
}
