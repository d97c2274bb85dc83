variable "budget_mib" {
  type    = number
  default = 9000
}

variable "floor_mib" {
  type    = number
  default = 1024
}

variable "only_tell" {
  type    = bool
  default = true
}

resource "null_resource" "advertise" {
  triggers = {
    vram = var.budget_mib
  }
  provisioner "local-exec" {
    interpreter = ["/bin/bash", "-c"]
    command     = "kubectl annotate node -l gpu=true vram=${var.budget_mib}"
  }
}

resource "kubernetes_cron_job_v1" "warden" {
  metadata {
    name      = "vram-warden"
    namespace = "render"
  }
  spec {
    schedule           = "* * * * *"
    concurrency_policy = "Forbid"
    job_template {
      metadata {}
      spec {
        template {
          metadata {}
          spec {
            container {
              name  = "warden"
              image = "python:3.12-alpine"
              env {
                name  = "ONLY_TELL"
                value = tostring(var.only_tell)
              }
              env {
                name  = "FLOOR_MIB"
                value = tostring(var.floor_mib)
              }
            }
          }
        }
      }
    }
  }
}
