resource "aws_s3_bucket_public_access_block" "logs" {
  bucket              = "x-logs"
  block_public_acls   = true
  block_public_policy = true
}

resource "aws_route53_record" "www" {
  zone_id = "Z1"
  name    = "www.example.org"
  type    = "CNAME"
  ttl     = 300
  records = ["lb.example.org"]
}

resource "hcloud_firewall" "web" {
  name = "web"
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "443"
    source_ips = ["0.0.0.0/0", "::/0"]
  }
}

resource "google_sql_database_instance" "orders" {
  name             = "orders"
  database_version = "POSTGRES_16"
  settings {
    tier = "db-custom-2-8192"
    backup_configuration {
      enabled    = true
      start_time = "02:00"
    }
  }
}

data "aws_ami" "base" {
  most_recent = false
  owners      = ["099720109477"]
}
