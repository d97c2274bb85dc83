Feature: Mail
  @MH-1.1 @since(2026-13-01)
  Scenario: No such month
    Given a stack

  @MH-1.2 @Until(2026-04-12)
  Scenario: Capital
    Given a stack

  @MH-1.3 @since
  Scenario: No date
    Given a stack

  @MH-1.4 @until(12.4.2026)
  Scenario: Another form
    Given a stack

  @MH-1.5 @since(2026-04-12) @until(2026-04-12)
  Scenario: Never
    Given a stack

  @MH-1.6
  Scenario Outline: Of a row
    Then <name> is 1

    @since(2026-04-12)
    Examples:
      | name |
      | a    |
