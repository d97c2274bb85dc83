terraform {
  experiments = [provider_meta]
}
