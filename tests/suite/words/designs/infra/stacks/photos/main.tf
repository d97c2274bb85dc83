module "frame_hall" {
  source          = "../../modules/site"
  name            = "frame-hall"
  dns             = "internal"
  middlewares     = ["edge-error-pages@kubernetescrd", "edge-homes-only@kubernetescrd"]
  watched_outside = false
}

module "frame_attic" {
  source          = "../../modules/site"
  name            = "frame-attic"
  dns             = "internal"
  middlewares     = ["edge-error-pages@kubernetescrd", "edge-homes-only@kubernetescrd"]
  watched_outside = false
}

module "album" {
  source = "../../modules/site"
  name   = "album"
}
