Feature: Don't tokenise this as Python: it's prose

  Background:
    Given a deployment web

  @MH-1.1
  Scenario: A Then without its Given
    Then it runs

  @MH-1.2
  Scenario: The Given comes too late
    Then it runs
    Given its container nginx

  @MH-1.3
  Scenario: All is well
    Given its container nginx
    Then it runs

  Rule: Of what nobody uses
    @MH-1.4
    Scenario: Given twice, and asked once
      Given its container nginx
      And its container php
      Then it runs

    @MH-1.5
    Scenario: Given and not asked
      Given a deployment mail
      Then replicas is 1

    @MH-1.6
    Scenario Outline: A Given of each row
      Given its container <name>
      Then it runs

      Examples:
        | name |
        | a    |
        | b    |
