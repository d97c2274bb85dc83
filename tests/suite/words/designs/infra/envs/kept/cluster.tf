resource "kubernetes_resource_quota" "letters" {
  metadata {
    name      = "letters"
    namespace = "letters"
  }
  spec {
    hard = { "requests.memory" = "8Gi", "pods" = "20" }
  }
}

resource "kubernetes_pod_disruption_budget_v1" "letters" {
  metadata {
    name      = "letters"
    namespace = "letters"
  }
  spec {
    min_available = "50%"
    selector {
      match_labels = { app = "letters" }
    }
  }
}

resource "kubernetes_config_map" "backup" {
  metadata {
    name      = "backup"
    namespace = "letters"
  }
  data = {
    "backup.sh" = <<-EOT
      #!/bin/sh
      set -eu
      # keep a month
      KEEP_DAYS=30
      pg_dump letters > "/backup/$(date +%F).sql"
      find /backup -name '*.sql' -mtime "+$KEEP_DAYS" -delete
    EOT
  }
}

resource "kubernetes_cron_job_v1" "backup" {
  metadata {
    name      = "backup"
    namespace = "letters"
  }
  spec {
    schedule           = "30 2 * * *"
    concurrency_policy = "Forbid"
    job_template {
      metadata {}
      spec {
        backoff_limit = 2
        template {
          metadata {}
          spec {
            service_account_name = "backup"
            container {
              name    = "dump"
              image   = "docker.io/library/postgres:16.4"
              command = ["/bin/sh", "/scripts/backup.sh"]
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_storage_class" "fast" {
  metadata {
    name = "fast"
  }
  storage_provisioner    = "ebs.csi.aws.com"
  reclaim_policy         = "Retain"
  volume_binding_mode    = "WaitForFirstConsumer"
  allow_volume_expansion = true
  parameters             = { type = "gp3", encrypted = "true" }
}

resource "kubernetes_deployment" "letters" {
  metadata {
    name      = "letters"
    namespace = "letters"
  }
  spec {
    selector {
      match_labels = { app = "letters" }
    }
    template {
      metadata {
        labels = { app = "letters" }
      }
      spec {
        container {
          name  = "letters"
          image = "registry.example.org/letters@sha256:0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000"
          security_context {
            allow_privilege_escalation = false
            capabilities {
              drop = ["ALL"]
            }
          }
        }
      }
    }
  }
}
