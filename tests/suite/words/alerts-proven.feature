Feature: Alerts that only promtool evaluates

  @AP-1
  Scenario: a rate
    Given the alert "MailLoginsFailing"
    And these series:
      | name  | series                                |
      | fails | dovecot_auth_failures_total{source="a"} |
    Then it fires or is silent over time:
      | event             | fails                              | the alert       |
      | somebody guesses  | 0, 0 rising 60 a minute from 10m   | fires after 25m |
      | somebody mistypes | 0, 0 rising 1 a minute from 10m    | is silent       |
