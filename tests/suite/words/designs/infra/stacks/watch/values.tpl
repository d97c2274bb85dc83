serverFiles:
  alerting_rules.yml:
    groups:
      - name: Studio
        rules:
          - alert: VramScarce
            expr: (12288 - sum(studio_vram_used_mib)) < 1024 and on() (time() - process_start_time_seconds) > 900
            for: 10m
            labels:
              severity: warning
          - alert: StudioPodWaitsForVram
            expr: kube_pod_status_phase{phase="Pending", namespace="render"} > 0
            for: 15m
          - alert: StudioPodOverBudget
            expr: studio_vram_used_mib > on (pod) studio_vram_budget_mib
            for: 5m
      - name: Backups
        rules:
          - alert: StoreBackupStale
            expr: time() - kube_cronjob_status_last_successful_time{cronjob="store-backup"} > ${stale_after}
            labels:
              severity: critical
          - alert: StoreBackupNeverSucceeded
            expr: kube_cronjob_status_last_successful_time{cronjob="store-backup"} == 0
            labels:
              severity: critical
          - alert: FileServerDown
            expr: probe_success{job="blackbox-tcp", instance="10.7.0.9:2049"} == 0
            for: 2m
            labels:
              severity: critical
