terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
  backend "s3" {
    bucket       = "kept-state"
    key          = "kept"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

variable "db_password" {
  type      = string
  sensitive = true
}

moved {
  from = aws_s3_bucket.archive
  to   = aws_s3_bucket.letters
}

resource "aws_s3_bucket" "letters" {
  bucket = "kept-letters"
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "letters" {
  bucket = aws_s3_bucket.letters.id
  rule {
    id     = "cold"
    status = "Enabled"
    filter {}
    transition {
      days          = 30
      storage_class = "GLACIER"
    }
    expiration {
      days = 2557
    }
  }
}

resource "aws_iam_policy" "reader" {
  name = "reader"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.letters.arn}/*" },
      { Effect = "Deny", Action = "s3:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } },
    ]
  })
}

resource "aws_kms_key" "letters" {
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_db_instance" "letters" {
  identifier              = "letters"
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.t4g.small"
  allocated_storage       = 20
  backup_retention_period = 14
  password                = var.db_password
}
