top:
  ${inner}
