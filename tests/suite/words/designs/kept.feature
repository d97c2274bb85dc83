Feature: Promises of still other kinds
  What is kept, who may do what with it, and how it is built and applied.

  @OM-01
  Scenario: The namespace stays within its quota
    Given the ResourceQuota "letters" in namespace "letters"
    Then it has:
      | path                        | is           |
      | spec.hard."requests.memory" | at most 16Gi |
      | spec.hard.pods              | at most 30   |

  @OM-02
  Scenario: Half of the letters' pods are always up
    Given the PodDisruptionBudget "letters" in namespace "letters"
    Then it has:
      | path                          | is           |
      | spec.minAvailable             | at least 50% |
      | spec.selector.matchLabels.app | letters      |

  @OM-03
  Scenario: There is a backup each night, one at a time
    Given the CronJob "backup" in namespace "letters"
    Then it has:
      | path                                                            | is                  |
      | spec.schedule                                                   | 30 2 * * *          |
      | spec.concurrencyPolicy                                          | Forbid              |
      | spec.jobTemplate.spec.template.spec.containers[dump].command[1] | /scripts/backup.sh  |

  @OM-04
  Scenario: Backups are kept for a month, by a script that stops at errors
    Given the ConfigMap "backup" in namespace "letters"
    And its text at data."backup.sh", read as settings
    Then it has:
      | path      | is          |
      | set       | -eu         |
      | KEEP_DAYS | at least 30 |

  @OM-05
  Scenario: The reader reads letters, and nothing else
    Given the resource "aws_iam_policy.reader" of the root module "envs/kept"
    And its text at policy, read as JSON
    Then it has:
      | path                           | is                   |
      | Statement[Effect=Allow].Action | exactly s3:GetObject |
      | Statement[Effect=Deny].Action  | s3:*                 |

  @OM-06
  Scenario: Letters go to cold storage, and stay for seven years
    Given the resource "aws_s3_bucket_lifecycle_configuration.letters" of the root module "envs/kept"
    Then it has:
      | path                               | is            |
      | rule[id=cold].status               | Enabled       |
      | rule[id=cold].transition[0].days   | at most 90    |
      | rule[id=cold].expiration[0].days   | at least 2557 |

  @OM-07
  Scenario: Terraform does not destroy what holds letters
    Given every resource of type "aws_s3_bucket" of the root module "envs/kept"
    Then each of them has:
      | path                      | is   |
      | lifecycle.prevent_destroy | true |

  @OM-08
  Scenario: Providers stay within a major version, and so does Terraform
    Given every terraform block of the root module "envs/kept"
    Then each of them has:
      | path                           | is               |
      | required_version               | starts with >= 1 |
      | required_providers.aws.version | like ~> 5.*      |
      | backend.s3.use_lockfile        | true             |

  @OM-09
  Scenario: The bucket of letters was moved, and not made anew
    Given every moved block of the root module "envs/kept", where:
      | path | is                    |
      | from | aws_s3_bucket.archive |
    Then each of them has:
      | path | is                    |
      | to   | aws_s3_bucket.letters |

  @OM-10
  Scenario: The image of the letters runs as nobody in particular
    Given the file "images/Dockerfile", read as lines
    Then it has:
      | path | is                          |
      | .    | has USER 10001              |
      | .    | has none like *--privileged* |
      | [0]  | like FROM *-slim            |

  @OM-11
  Scenario Outline: <path> takes no action from others but by its commit
    Given the file "<path>", read as YAML
    Then it has:
      | path                      | is                                                    |
      | permissions.contents      | read                                                  |
      | jobs[*].timeout-minutes   | at most 60                                            |
      | jobs.apply.steps[*].uses  | if set, like one of actions/checkout@????????????????????????????????????????, ./* |

    Examples:
      | path                        |
      | .github/workflows/apply.yml |

  @OM-12
  Scenario: The database is backed up for two weeks, and its key rotates
    Given the resource "aws_db_instance.letters" of the root module "envs/kept"
    Then it has:
      | path                    | is                      |
      | backup_retention_period | at least 14             |
      | engine_version          | version at least 16     |
      | password                | set                     |
    Given the resource "aws_kms_key.letters" of the root module "envs/kept"
    Then it has:
      | path                | is   |
      | enable_key_rotation | true |

  @OM-13
  Scenario: Volumes of the fast class are encrypted, and stay
    Given the StorageClass "fast"
    Then it has:
      | path                 | is              |
      | provisioner          | ebs.csi.aws.com |
      | reclaimPolicy        | Retain          |
      | parameters.encrypted | true            |

  @OM-14
  Scenario: No container may do what it need not, and each image is pinned
    Given every Deployment of the root module "envs/kept"
    Then each of them has:
      | path                                                                         | is                   |
      | spec.template.spec.containers[*].securityContext.allowPrivilegeEscalation    | false                |
      | spec.template.spec.containers[*].securityContext.capabilities.drop           | exactly ALL          |
      | spec.template.spec.containers[*].image                                       | pinned to N.N, N.N.N |

  @OM-15
  Scenario: Every root's state is kept apart, and there is no state in the repo
    Given the files of the repo like "**/*.tfstate*"
    Then there is none

  @OM-16
  Scenario: Dockerfiles lie in images/
    Given the files of the repo like "**/Dockerfile"
    Then together, their path is exactly:
      | value             |
      | images/Dockerfile |
