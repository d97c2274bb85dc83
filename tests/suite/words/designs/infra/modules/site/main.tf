variable "name" {}

variable "dns" {
  default = "public"
}

variable "middlewares" {
  type    = list(string)
  default = []
}

variable "watched_outside" {
  type    = bool
  default = true
}

resource "kubernetes_ingress_v1" "site" {
  metadata {
    name      = var.name
    namespace = "photos"
    annotations = {
      "external-dns.alpha.kubernetes.io/access"          = var.dns
      "traefik.ingress.kubernetes.io/router.middlewares" = join(",", var.middlewares)
    }
  }
  spec {
    tls {
      hosts       = ["${var.name}.example.org"]
      secret_name = "wildcard"
    }
    rule {
      host = "${var.name}.example.org"
    }
  }
}
