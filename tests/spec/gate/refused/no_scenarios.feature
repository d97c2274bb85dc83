Feature: Mail
  Scenrio: is prose here.
