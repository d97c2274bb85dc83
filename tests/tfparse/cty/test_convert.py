"""Conversion, unification and equality: what the recorded cases (``conversion.txt``) cannot show."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.tfparse.cty.laws import contradiction, variants
from tfparse.cty.convert import ConversionError, convert, equal, parse_number, unify_values
from tfparse.cty.convert import format_number as shown
from tfparse.cty.equality import compare, set_
from tfparse.cty.numbers import double, round512
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Map, Object, Set, Type
from tfparse.cty.values import Part, Unknown, Value, boolean, list_, map_, null, number, object_, string, text, tuple_
from tfparse.diagnostics import Origin, TerraformError
from tfparse.lang.operators import binary, unary

WHY = Unknown("data.x is read at plan time", Origin("main.tf", 3))
HERE = Origin("main.tf", 7)


# -- what a conversion leaves alone -----------------------------------------------------------------


def test_origins_and_marks_stay() -> None:
    value = object_({"a": number(1, HERE).marked(), "b": string("x", Origin("b.tf", 2))}, Origin("c.tf", 1))
    converted = convert(value, Map(STRING))
    assert str(converted.origin) == "c.tf:1"
    assert [(item.raw, str(item.origin), item.sensitive) for item in converted.mapping().values()] == [
        ("1", "main.tf:7", True),
        ("x", "b.tf:2", False),
    ]


def test_a_set_is_as_sensitive_as_its_elements() -> None:
    converted = convert(tuple_((string("a").marked(), string("b"))), Set(STRING))
    assert converted.sensitive
    assert not any(element.sensitive for element in converted.elements())


def test_an_unknown_gets_the_type_and_keeps_its_reason() -> None:
    for wanted in (STRING, List(NUMBER), Map(BOOL), Object.of({"a": STRING})):
        converted = convert(Value(DYNAMIC, WHY, HERE), wanted)
        assert (converted.type, converted.raw, converted.origin) == (wanted, WHY, HERE)


def test_an_unknown_of_a_type_that_cannot_be_converted_is_refused() -> None:
    with pytest.raises(ConversionError, match="^string required$"):
        convert(Value(List(STRING), WHY), STRING)


def test_a_partly_known_string_keeps_its_parts() -> None:
    value = text((Part("a", HERE), Part(WHY, HERE)))
    assert convert(value, STRING).parts == value.parts
    assert convert(value, NUMBER).parts is None


# -- open maps --------------------------------------------------------------------------------------

OPEN = object_({"a": number(1), "b": string("x")}, HERE, WHY)


def test_an_open_map_stays_open() -> None:
    converted = convert(OPEN, Map(STRING))
    assert converted.rest == WHY
    assert isinstance(converted.raw, dict)
    assert {key: item.raw for key, item in converted.raw.items()} == {"a": "1", "b": "x"}


def test_the_common_type_of_an_open_map_is_certain_only_if_it_is_string() -> None:
    strings = convert(OPEN, Map(DYNAMIC))
    assert isinstance(strings.raw, dict)
    assert {key: item.raw for key, item in strings.raw.items()} == {"a": "1", "b": "x"}
    numbers = convert(object_({"a": number(1)}, HERE, WHY), Map(DYNAMIC))
    assert isinstance(numbers.raw, dict)
    assert numbers.raw["a"].raw == WHY


def test_what_an_open_map_does_not_list_is_unknown_in_an_object() -> None:
    wanted = Object.of({"a": STRING, "c": NUMBER, "d": STRING}, frozenset("d"))
    converted = convert(OPEN, wanted)
    assert converted.rest is None
    assert {key: item.raw for key, item in converted.mapping().items()} == {"a": "1", "c": WHY, "d": WHY}


# -- objects: https://developer.hashicorp.com/terraform/language/expressions/type-constraints --------

BUCKET = Object.of({"name": STRING, "enabled": BOOL, "port": NUMBER}, frozenset({"enabled", "port"}))


def test_optional_attributes_that_are_absent_are_null_and_extra_ones_are_dropped() -> None:
    converted = convert(object_({"name": string("x"), "port": string("80"), "extra": number(1)}), BUCKET)
    assert converted.type == Object.of({"name": STRING, "enabled": BOOL, "port": NUMBER})
    assert {key: item.raw for key, item in converted.mapping().items()} == {"name": "x", "enabled": None, "port": 80}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object_({"enabled": boolean(True)}), 'attribute "name" is required'),
        (object_({"name": tuple_(())}), 'attribute "name": string required'),
        (object_({"name": string("x"), "port": string("many")}), 'attribute "port": a number is required'),
        (map_(STRING, {"port": string("1")}), 'attribute "name" is required'),
        (string("x"), "object required"),
    ],
)
def test_what_is_no_such_object_is_refused(value: Value, message: str) -> None:
    with pytest.raises(ConversionError, match=f"^{message}$"):
        convert(value, BUCKET)


# -- numbers ----------------------------------------------------------------------------------------


@given(st.fractions(max_denominator=10**40), st.integers(-300, 300))
def test_a_number_as_text_is_the_same_number(value: Fraction, exponent: int) -> None:
    rounded = round512(value * Fraction(10) ** exponent)
    assert parse_number(shown(rounded)) == rounded


@given(st.integers(-(2**600), 2**600))
def test_rounding_keeps_512_bits(value: int) -> None:
    rounded = round512(value)
    assert isinstance(rounded, int)
    assert abs(rounded - value) * 2**513 <= abs(value) * 2
    assert rounded == value or rounded % 2 ** (value.bit_length() - 512) == 0


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=2.0**-300, max_value=2.0**300))
def test_doubles_print_no_longer_than_python_prints_them(value: float) -> None:
    printed = shown(double(value))
    # Beside a power of two Go does not notice that the numbers below are closer together.
    assert abs(float(printed) - value) <= (math.ulp(value) / 2 if math.frexp(value)[0] == 0.5 else 0)
    assert len(printed.replace(".", "").strip("0")) <= len(repr(value).split("e")[0].replace(".", "").strip("0"))


@pytest.mark.parametrize("spelling", ["", "0x1", "1_0", "٣", "infinity"])
def test_what_is_no_number(spelling: str) -> None:
    with pytest.raises(ConversionError):
        parse_number(spelling)


@pytest.mark.parametrize("spelling", ["1e20001", "1e999999999", "9" * 4001, "inf", "-Inf"])
def test_what_is_a_number_for_terraform_only(spelling: str) -> None:
    assert isinstance(parse_number(spelling), Unknown)


def test_products_end_somewhere() -> None:
    squared = binary("*", number(10**20_000), number(1))
    with pytest.raises(OverflowError, match="too large"):
        binary("*", squared, squared)


# -- operators with unknowns --------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "&&"])
def test_an_unknown_operand_makes_an_unknown_result(op: str) -> None:
    known = boolean(True) if op == "&&" else number(2)
    for operands in ((known, Value(DYNAMIC, WHY)), (Value(DYNAMIC, WHY), known.marked())):
        result = binary(op, *operands, HERE)
        assert (result.raw, result.origin, result.sensitive) == (WHY, HERE, operands[1].sensitive)
    assert unary("-", Value(NUMBER, WHY)).raw == WHY
    assert unary("!", Value(BOOL, WHY)).raw == WHY


@pytest.mark.parametrize(("op", "decisive"), [("&&", False), ("||", True)])
def test_what_decides_is_enough_beside_an_unknown(op: str, decisive: bool) -> None:
    for operands in ((boolean(decisive), Value(BOOL, WHY).marked()), (Value(DYNAMIC, WHY), boolean(decisive))):
        result = binary(op, *operands, HERE)
        assert (result.raw, result.origin, result.sensitive) == (decisive, HERE, operands[1].sensitive)
    assert binary(op, boolean(not decisive), Value(BOOL, WHY)).raw == WHY


# -- equality -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "other", "expected"),
    [
        (("a", WHY), "b", False),
        (("a", WHY), "ab", WHY),
        ((WHY, "/32"), "10.0.0.1/24", False),
        (("ab", WHY, "ba"), "aba", False),
        (("x", WHY, "y", WHY, "z"), "xz", False),
        (("x", WHY, "y", WHY, "z"), "xyz", WHY),
    ],
)
def test_what_is_known_of_a_string_can_rule_out_that_it_equals(
    template: tuple[str | Unknown, ...], other: str, expected: bool | Unknown
) -> None:
    value = text(tuple(Part(piece, None) for piece in template))
    assert equal(value, string(other)).raw == expected
    assert equal(string(other), value).raw == expected


def test_a_string_with_known_parts_is_not_null() -> None:
    assert equal(text((Part("a", None), Part(WHY, None))), null()).raw is False
    assert equal(Value(STRING, WHY), null()).raw == WHY


def test_an_open_map_is_unequal_to_one_that_lacks_its_keys() -> None:
    assert compare(OPEN, object_({"a": number(1)})) is False
    assert compare(OPEN, object_({"a": number(2), "b": string("x")})) is False
    assert compare(OPEN, object_({"a": number(1), "b": string("x")})) == WHY


# -- laws -------------------------------------------------------------------------------------------

LEAVES = st.one_of(
    st.sampled_from(["a", "b", "1", "true"]).map(string),
    st.integers(0, 2).map(number),
    st.booleans().map(boolean),
    st.just(null()),
    st.just(null(STRING)),
)


def _list_of(values: list[Value]) -> Value:
    try:
        return convert(tuple_(tuple(values)), List(DYNAMIC))
    except ConversionError:
        return tuple_(tuple(values))


def _map_of(values: dict[str, Value]) -> Value:
    try:
        return convert(object_(values), Map(DYNAMIC))
    except ConversionError:
        return object_(values)


def _set_of(values: list[Value]) -> Value:
    try:
        return convert(tuple_(tuple(values)), Set(DYNAMIC))
    except ConversionError:
        return tuple_(tuple(values))


TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda values: tuple_(tuple(values))),
        st.lists(inner, max_size=2).map(_list_of),
        st.lists(inner, max_size=2).map(_set_of),
        st.dictionaries(st.sampled_from("ab"), inner, max_size=2).map(object_),
        st.dictionaries(st.sampled_from("ab"), inner, max_size=2).map(_map_of),
    ),
    max_leaves=5,
)


def type_of(value: Value) -> Type:
    return value.type


TARGETS = st.one_of(
    st.sampled_from([STRING, NUMBER, BOOL, List(DYNAMIC), Set(DYNAMIC), Map(DYNAMIC), List(STRING), Map(STRING)]),
    TREES.map(type_of),
)


@given(TREES, TARGETS)
def test_converting_an_unknown_contradicts_nothing(value: Value, wanted: Type) -> None:
    try:
        truth = convert(value, wanted)
    except ConversionError:
        return
    for variant in variants(value):
        assert contradiction(convert(variant, wanted), truth) is None, f"{variant!r}"


@given(TREES, TREES)
def test_comparing_an_unknown_contradicts_nothing(a: Value, b: Value) -> None:
    truth = compare(a, b)
    for variant in variants(a):
        assert compare(variant, b) is truth or isinstance(compare(variant, b), Unknown), f"{variant!r} == {b!r}"


@given(st.lists(TREES, min_size=1, max_size=3))
def test_unifying_an_unknown_contradicts_nothing(values: list[Value]) -> None:
    truth = unify_values(values)
    assume(truth is not None)
    assert truth is not None
    for index, value in enumerate(values):
        for variant in variants(value):
            guess = unify_values([*values[:index], variant, *values[index + 1 :]])
            assert guess is not None
            for mine, theirs in zip(guess, truth, strict=True):
                assert contradiction(mine, theirs) is None, f"{variant!r}"


@given(TREES)
def test_a_value_equals_itself_and_converts_to_its_own_type(value: Value) -> None:
    assert compare(value, value) is True
    assert compare(convert(value, value.type), value) is True


@given(TREES, TREES)
def test_equality_is_symmetric(a: Value, b: Value) -> None:
    assert compare(a, b) == compare(b, a)


def _of_one_type(values: list[Value]) -> list[Value]:
    """Those of the type that most of them have."""
    types = Counter(str(value.type) for value in values)
    return [value for value in values if str(value.type) == types.most_common(1)[0][0]]


@given(st.lists(TREES, max_size=8).map(_of_one_type))
def test_a_set_has_no_two_equal_elements_and_one_order(values: list[Value]) -> None:
    element = values[0].type if values else DYNAMIC
    made, again = set_(element, values), set_(element, reversed(values))
    assert compare(made, again) is True
    elements = made.elements()
    assert not any(compare(a, b) is True for i, a in enumerate(elements) for b in elements[:i])
    assert all(any(compare(value, e) is True for e in elements) for value in values)


def doubled(value: Value, times: int) -> Value:
    for _ in range(times):
        value = tuple_((value, value))
    return value


def test_a_value_has_a_limit() -> None:
    with pytest.raises(TerraformError, match="Value too large"):
        doubled(list_(STRING, (string("x"),)), 40)
