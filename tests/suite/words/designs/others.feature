Feature: Promises of other kinds
  Other providers and objects, by the same words.

  @OK-01
  Scenario: No log is readable by strangers
    Given every resource of type "aws_s3_bucket_public_access_block" of the root module "envs/prod"
    Then each of them has:
      | path                | is   |
      | block_public_acls   | true |
      | block_public_policy | true |

  @OK-02
  Scenario: Names can be moved within minutes
    Given every resource of type "aws_route53_record"
    Then each of them has:
      | path | is          |
      | ttl  | at most 600 |

  @OK-03
  Scenario: The firewall lets in TLS only
    Given the resource "hcloud_firewall.web" of the root module "envs/prod"
    Then it has:
      | path                    | is  |
      | rule[direction=in].port | 443 |

  @OK-04
  Scenario: Orders are backed up
    Given the resource "google_sql_database_instance.orders" of the root module "envs/prod"
    Then it has:
      | path                                        | is                   |
      | settings[0].backup_configuration[0].enabled | true                 |
      | database_version                            | starts with POSTGRES |

  @OK-05
  Scenario: The base image is Canonical's
    Given the resource "data.aws_ami.base" of the root module "envs/prod"
    Then it has:
      | path   | is                   |
      | owners | exactly 099720109477 |

  @OK-06
  Scenario: Namespaces restrict their pods
    Given every Namespace of the root module "envs/prod"
    Then each of them has:
      | path                                                 | is         |
      | metadata.labels."pod-security.kubernetes.io/enforce" | restricted |

  @OK-07
  Scenario: Only the proxy reaches the shop
    Given the NetworkPolicy "only-the-proxy" in namespace "shop"
    Then it has:
      | path                                                       | is              |
      | spec.policyTypes                                           | exactly Ingress |
      | spec.ingress[0].from[0].namespaceSelector.matchLabels.name | edge            |

  @OK-08
  Scenario: Nobody may do everything
    Given every ClusterRole of the root module "envs/prod"
    Then each of them has:
      | path           | is       |
      | rules[*].verbs | has no * |

  @OK-09
  Scenario: Claims keep to the quota
    Given every PersistentVolumeClaim of the root module "envs/prod"
    Then together, their spec.resources.requests.storage sums to at most 50Gi

  @OK-10
  Scenario: Nothing merges by itself
    Given the file "renovate.json", read as JSON
    Then it has:
      | path      | is    |
      | automerge | false |

  @OK-11
  Scenario: Every site is encrypted
    Given every Ingress of the "photos" stack
    Then each of them has:
      | path                   | is                 |
      | spec.tls[*].secretName | set                |
      | spec.tls[*].hosts[*]   | like *.example.org |

  @OK-12
  Scenario: The node is told by a shell that stops at errors
    Given every resource of type "null_resource" of the "render" stack
    Then each of them has:
      | path                               | is                       |
      | provisioner.local-exec.interpreter | in order /bin/bash, "-c" |
