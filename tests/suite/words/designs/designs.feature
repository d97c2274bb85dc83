Feature: Promises of other designs
  Those of five design documents of another repo, in other names: what the general words must be able to state.

  @OD-01
  Scenario: The node advertises its GPU memory
    Given every resource of type "null_resource" of the "render" stack, where:
      | path          | is  |
      | triggers.vram | set |
    Then each of them has:
      | path          | is   |
      | triggers.vram | 9000 |

  @OD-02
  Scenario: The tenants fit into it
    Given every Deployment, where:
      | path                                                                 | is  |
      | spec.template.spec.containers[*].resources.limits."example.org/vram" | set |
    Then there are at least 3 of them
    And together, their spec.template.spec.containers[*].resources.limits."example.org/vram" sums to at most 9000

  @OD-03
  Scenario: The warden looks every minute
    Given the CronJob "vram-warden" in namespace "render"
    Then it has:
      | path          | is        |
      | spec.schedule | * * * * * |

  @OD-04
  Scenario: The warden acts below the floor
    Given the CronJob "vram-warden" in namespace "render"
    Then it has:
      | path                                                                        | is    |
      | spec.jobTemplate.spec.template.spec.containers[warden].env[ONLY_TELL].value | false |
      | spec.jobTemplate.spec.template.spec.containers[warden].env[FLOOR_MIB].value | 1024  |

  @OD-05
  Scenario: Scarce memory is told at the same floor
    Given the alert "VramScarce"
    Then it has:
      | path | is            |
      | expr | like *< 1024* |

  @OD-05
  Scenario: So is a pod that waits, and one over its budget
    Given every alert, where:
      | path  | is                                            |
      | alert | one of StudioPodWaitsForVram, StudioPodOverBudget |
    Then there are exactly 2 of them

  @OD-06
  Scenario: The proxy has an address to itself
    Given the values of the Helm release "proxy" of the "edge" stack
    Then it has:
      | path                                             | is                                |
      | service.annotations."metallb.io/loadBalancerIPs" | 10.7.0.23                         |
      | service.annotations                              | has no metallb.io/allow-shared-ip |

  @OD-07
  Scenario: The proxy sees its clients
    Given the values of the Helm release "proxy" of the "edge" stack
    Then it has:
      | path                               | is    |
      | service.spec.externalTrafficPolicy | Local |

  @OD-08
  Scenario: The relay stays on the shared address
    Given the Service "relay" in namespace "relay"
    Then it has:
      | path                                              | is        |
      | metadata.annotations."metallb.io/loadBalancerIPs" | 10.7.0.20 |
      | spec.externalTrafficPolicy                        | Cluster   |

  @OD-09
  Scenario: Whoever shares an address leaves the policy alone
    Given every Service, where:
      | path                                              | is        |
      | metadata.annotations."metallb.io/loadBalancerIPs" | 10.7.0.20 |
    Then each of them has:
      | path                       | is              |
      | spec.externalTrafficPolicy | if set, Cluster |

  @OD-09
  Scenario: So does whoever says it the older way
    Given every Service, where:
      | path                                                       | is        |
      | metadata.annotations."metallb.universe.tf/loadBalancerIPs" | 10.7.0.20 |
    Then each of them has:
      | path                       | is              |
      | spec.externalTrafficPolicy | if set, Cluster |

  @OD-10
  Scenario: Two of three proxies always stay
    Given the values of the Helm release "proxy" of the "edge" stack
    Then it has:
      | path                             | is |
      | deployment.replicas              | 3  |
      | podDisruptionBudget.minAvailable | 2  |

  @OD-11
  Scenario: A backup older than 36 hours is critical
    Given the alert "StoreBackupStale"
    Then it has:
      | path            | is             |
      | expr            | like *> 129600 |
      | labels.severity | critical       |

  @OD-12
  Scenario: So is none at all
    Given the alert "StoreBackupNeverSucceeded"
    Then it has:
      | path            | is         |
      | expr            | like *== 0 |
      | labels.severity | critical   |

  @OD-13
  Scenario: Backups are made by the version that runs
    Given the CronJob "store-backup" in namespace "upkeep"
    Then it has:
      | path                                                               | is                           |
      | spec.jobTemplate.spec.template.spec.initContainers[snapshot].image | registry.k8s.io/etcd:3.6.5-0 |

  @OD-14
  Scenario: A file server that is gone is told within two minutes
    Given the alert "FileServerDown"
    Then it has:
      | path            | is                     |
      | expr            | like *"10.7.0.9:2049"* |
      | for             | at most 2m             |
      | labels.severity | critical               |

  @OD-15
  Scenario: The name server is one StatefulSet of two
    Given every StatefulSet of the "names" stack
    Then there is one
    And each of them has:
      | path          | is |
      | spec.replicas | 2  |

  @OD-16
  Scenario: Every Deployment is probed
    Given every Deployment of the "render" stack
    Then each of them has:
      | path                                                    | is  |
      | spec.template.spec.containers[*].livenessProbe.httpGet  | set |
      | spec.template.spec.containers[*].readinessProbe.httpGet | set |

  @OD-17
  Scenario: There is one cache
    Given the StatefulSet "cache" in namespace "cache"
    Then it has:
      | path          | is |
      | spec.replicas | 1  |

  @OD-18
  Scenario: The cache evicts before it refuses
    Given the ConfigMap "cache-conf" in namespace "cache"
    And its text at data."redis.conf", read as settings
    Then it has:
      | path             | is           |
      | maxmemory-policy | volatile-lru |

  @OD-19
  Scenario: No Sentinel is left
    Given every Deployment of the "cache" stack
    Then there is none

  @OD-19
  Scenario: Nor inside the cache
    Given every StatefulSet of the "cache" stack
    Then each of them has:
      | path                                   | is                  |
      | spec.template.spec.containers[*].name  | not like *sentinel* |
      | spec.template.spec.containers[*].image | not like *haproxy*  |

  @OD-20
  Scenario: The cache's address stays
    Given the Service "cache-main" in namespace "cache"
    Then it has:
      | path               | is    |
      | spec.ports[0].port | 6379  |
      | spec.selector.app  | cache |

  @OD-21
  Scenario: The cache asks for a password
    Given the ConfigMap "cache-conf" in namespace "cache"
    And its text at data."redis.conf", read as settings
    Then it has:
      | path        | is  |
      | requirepass | set |

  @OD-22
  Scenario: These networks are at home
    Given the Middleware "homes-only" in namespace "edge"
    Then it has:
      | path                         | is                                                              |
      | spec.ipAllowList.sourceRange | exactly 10.7.0.0/16, 192.168.40.0/24, 192.168.41.0/24, fd00::/8 |

  @OD-23
  Scenario: The house was not widened
    Given the Middleware "house-only" in namespace "edge"
    Then it has:
      | path                         | is                            |
      | spec.ipAllowList.sourceRange | exactly 10.7.0.0/16, fd00::/8 |

  @OD-24
  Scenario: Both frames have names inside only
    Given every call of the module "modules/site" of the "photos" stack, where:
      | path | is           |
      | name | like frame-* |
    Then there are exactly 2 of them
    And each of them has:
      | path | is       |
      | dns  | internal |

  @OD-25
  Scenario: The page that says why comes before the refusal
    Given every call of the module "modules/site" of the "photos" stack, where:
      | path | is           |
      | name | like frame-* |
    Then each of them has:
      | path        | is                                                                     |
      | middlewares | in order edge-error-pages@kubernetescrd, edge-homes-only@kubernetescrd |

  @OD-26
  Scenario: Nobody outside watches the frames
    Given every call of the module "modules/site" of the "photos" stack, where:
      | path | is           |
      | name | like frame-* |
    Then each of them has:
      | path            | is    |
      | watched_outside | false |
