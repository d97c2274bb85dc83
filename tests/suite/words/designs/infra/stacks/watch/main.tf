resource "helm_release" "watch" {
  name       = "watch"
  namespace  = "watch"
  repository = "https://prometheus-community.github.io/helm-charts"
  chart      = "prometheus"
  version    = "27.0.0"
  values     = [templatefile("${path.module}/values.tpl", { stale_after = 129600 })]
}
