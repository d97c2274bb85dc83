"""IP network functions.

Source: https://developer.hashicorp.com/terraform/language/functions (IP Network Functions);
apparentlymart/go-cidr, in its arithmetic even where that is odd.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from tfparse.cty.convert import format_number
from tfparse.cty.values import Number
from tfparse.functions._parameters import FunctionError, Num, Str
from tfparse.functions._registry import Unsupported, function, whole

Network = IPv4Network | IPv6Network


def _network(prefix: str, argument: int | None = None) -> Network:
    """A network in CIDR notation, the address of a host in it allowed; leading zeros, once octal, mean nothing."""
    address, _, length = prefix.partition("/")
    address = re.sub(r"(?<![0-9a-fA-F:])0+(?=[0-9])", "", address) if "." in address else address
    try:
        if not re.fullmatch("[0-9]+", length, re.ASCII) or "%" in address:
            raise ValueError(length)
        return ip_network(f"{address}/{int(length[-9:])}", strict=False)
    except ValueError:
        raise FunctionError(f"invalid CIDR expression: invalid CIDR address: {prefix}", argument) from None


def _is_mapped(network: Network) -> bool:
    return isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None


def _address(network: Network, number: int) -> str:
    """An address of the network's version, as Go writes it."""
    if isinstance(network, IPv4Network):
        return str(IPv4Address(number))
    address = IPv6Address(number)
    return str(address.ipv4_mapped or address)


def _subnet(network: Network, number: int, length: int) -> str:
    return f"{_address(network, number)}/{length - 96 if _is_mapped(network) else length}"


def _any_whole(n: Number) -> int:
    if n.denominator != 1:
        raise FunctionError("value must be a whole number")
    return n.numerator


def _inserted(network: Network, number: int, shift: int) -> int:
    """The network's address with a number set into its bits; of a negative outcome, its magnitude."""
    address = abs(int(network.network_address) | number << shift)
    if address >> network.max_prefixlen:
        raise FunctionError("panic in function implementation: runtime error: index out of range")
    return address


@function
def cidrhost(prefix: Str, hostnum: Num) -> str:
    """The address of a host in a network; a negative number counts from the end."""
    number, network = _any_whole(hostnum), _network(prefix)
    last = network.num_addresses - 1
    if (number if number >= 0 else -number - 1) > last:
        if number.bit_length() > 63:
            raise Unsupported("Terraform takes a host number of more than 63 bits for another")
        shown = format_number(number)
        raise FunctionError(f"prefix of {network.prefixlen} does not accommodate a host numbered {shown}")
    # An IPv4 address in IPv6 clothes is taken for one of 32 bits, and the number set in at the wrong end.
    shift = 96 if _is_mapped(network) else 0
    return _address(network, _inserted(network, number if number >= 0 else last + number + 1, shift))


@function
def cidrnetmask(prefix: Str) -> str:
    """The network mask of an IPv4 network."""
    network = _network(prefix)
    if isinstance(network, IPv6Network):
        raise FunctionError(f"IPv6 addresses cannot have a netmask: {prefix}")
    return str(network.netmask)


@function
def cidrsubnet(prefix: Str, newbits: Num, netnum: Num) -> str:
    """A subnet of a network, of a prefix longer by so many bits."""
    bits, number, network = whole(newbits), _any_whole(netnum), _network(prefix)
    length = network.prefixlen + bits
    if length > network.max_prefixlen:
        raise FunctionError(f"insufficient address space to extend prefix of {network.prefixlen} by {bits}")
    if length < 0:
        raise FunctionError(f"cannot extend prefix of {network.prefixlen} by {bits}")
    # The limit is one of 64 bits, and so is the magnitude that is compared with it.
    limit = (1 << bits) - 1 if 0 <= bits < 64 else 2**64 - 1
    if abs(number) % 2**64 > limit:
        shown = format_number(number)
        raise FunctionError(f"prefix extension of {bits} does not accommodate a subnet numbered {shown}")
    shift = network.max_prefixlen - length
    return _subnet(network, _inserted(network, number, shift), length)


@function
def cidrsubnets(prefix: Str, *newbits: Num) -> list[str]:
    """Subnets of a network that follow one another, each of a prefix longer by so many bits."""
    network = _network(prefix, 0)
    at = int(network.network_address)
    end = at + network.num_addresses
    found: list[str] = []
    for index, bits in enumerate(newbits, start=1):
        extra = whole(bits, index=index)
        length = network.prefixlen + extra
        if extra < 1:
            raise FunctionError("must extend prefix by at least one bit", index)
        if extra > 32:
            raise FunctionError("may not extend prefix by more than 32 bits", index)
        if length > network.max_prefixlen:
            version = f"IPv{network.version}"
            message = f"would extend prefix to {length} bits, which is too long for an {version} address"
            raise FunctionError(message, index)
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        # (Before a network that begins at zero there is none to go on from: Terraform finds no space in it.)
        if at + size > end or not (at or found):
            after = found[-1] if found else str(network)
            message = f"not enough remaining address space for a subnet with a prefix of {length} bits after {after}"
            raise FunctionError(message, index)
        found.append(_subnet(network, at, length))
        at += size
    return found
