// The `decimal` import. Documentation: Sentinel, imports/decimal. Arithmetic is that of the General
// Decimal Arithmetic specification with 100 digits, rounding half up, and no traps: a number is
// sign, coefficient and exponent, so that 1.5 × 2 is 3.0.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/import/type.h"

namespace sentinel {
namespace {

namespace mp = boost::multiprecision;

using Integer = mp::cpp_int;
/// For logarithms and powers. A logarithm near 1 loses as many digits as the number is near, so
/// twice the precision and some.
using Float = mp::number<mp::cpp_dec_float<260>, mp::et_off>;
/// 100 digits, without memory of its own: an arena runs no destructors.
using Coefficient =
    mp::number<mp::cpp_int_backend<384, 384, mp::unsigned_magnitude, mp::unchecked, void>,
               mp::et_off>;

constexpr std::int64_t kDigits = 100;
constexpr std::int64_t kGuard = 25;  // more digits where several roundings follow
constexpr std::int64_t kMostExponent = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kLeastExponent = std::numeric_limits<std::int32_t>::min();

struct Number {
  enum class Form : std::uint8_t { Finite, Infinite, Nan };

  Form form = Form::Finite;
  bool negative = false;
  Integer coefficient;
  std::int64_t exponent = 0;

  bool is_nan() const { return form == Form::Nan; }
  bool is_infinite() const { return form == Form::Infinite; }
  bool is_finite() const { return form == Form::Finite; }
  bool is_zero() const { return is_finite() && coefficient == 0; }
};

Number nan() {
  return {Number::Form::Nan};
}

Number infinity(bool negative) {
  return {Number::Form::Infinite, negative};
}

Number whole(std::int64_t value) {
  Number n;
  n.negative = value < 0;
  n.coefficient = mp::abs(Integer(value));
  return n;
}

std::int64_t digits(const Integer& i) {
  return i == 0 ? 1 : static_cast<std::int64_t>(i.str().size());
}

/// The exponent of the first digit.
std::int64_t adjusted(const Number& n) {
  return n.exponent + digits(n.coefficient) - 1;
}

Integer power_of_ten(std::int64_t exponent) {
  return mp::pow(Integer(10), static_cast<unsigned>(exponent));
}

/// To `precision` digits and an exponent of 32 bits.
Number rounded(Number n, std::int64_t precision = kDigits) {
  if (!n.is_finite()) return n;
  if (const std::int64_t extra = digits(n.coefficient) - precision; extra > 0) {
    Integer rest;
    Integer kept;
    mp::divide_qr(n.coefficient, power_of_ten(extra), kept, rest);
    if (rest * 2 >= power_of_ten(extra)) ++kept;
    n.exponent += extra;
    if (digits(kept) > precision) {
      kept /= 10;
      ++n.exponent;
    }
    n.coefficient = kept;
  }
  if (n.coefficient == 0) {
    n.exponent = std::clamp(n.exponent, kLeastExponent, kMostExponent);
    return n;
  }
  if (adjusted(n) > kMostExponent) return infinity(n.negative);
  if (n.exponent < kLeastExponent) {
    // Too small to be held: what is left of it, which is mostly nothing.
    const std::int64_t lost = kLeastExponent - n.exponent;
    n.coefficient = lost > precision ? Integer(0) : n.coefficient / power_of_ten(lost);
    n.exponent = kLeastExponent;
  }
  return n;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// `-1.5`, `1.1234E+400`, `NaN`, `Infinity`. Linear in the text however long it is.
std::optional<Number> parse(std::string_view text) {
  Number n;
  if (text.starts_with('-') || text.starts_with('+')) {
    n.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (!text.empty() && text.size() <= 8 && !is_digit(text[0]) && text[0] != '.') {
    const std::string word = lower(text);
    if (word == "nan") return nan();
    if (word == "inf" || word == "infinity") return infinity(n.negative);
    return std::nullopt;
  }
  std::string kept;  // enough digits to round by
  bool any = false;
  bool point = false;
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text[0];
    if (c == '.') {
      if (point) return std::nullopt;
      point = true;
      continue;
    }
    if (!is_digit(c)) break;
    any = true;
    if (kept.size() > static_cast<std::size_t>(kDigits)) {
      if (!point) ++n.exponent;
      continue;
    }
    if (!kept.empty() || c != '0') kept += c;
    if (point) --n.exponent;
  }
  if (!any) return std::nullopt;
  if (!text.empty()) {
    if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
    text.remove_prefix(1);
    if (text.starts_with('+')) {
      text.remove_prefix(1);
      if (text.starts_with('-')) return std::nullopt;
    }
    std::int64_t exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (exponent > kMostExponent || exponent < kLeastExponent) return std::nullopt;
    n.exponent += exponent;
  }
  if (!kept.empty()) n.coefficient = Integer(kept);
  return rounded(n);
}

/// The form of the specification's to-scientific-string.
std::string to_text(const Number& n) {
  if (n.is_nan()) return "NaN";
  std::string out = n.negative ? "-" : "";
  if (n.is_infinite()) return out + "Infinity";
  const std::string all = n.coefficient.str();
  const std::int64_t first = adjusted(n);
  if (n.exponent <= 0 && first >= -6) {
    if (n.exponent == 0) return out + all;
    const std::int64_t before = static_cast<std::int64_t>(all.size()) + n.exponent;
    if (before > 0) {
      const auto at = static_cast<std::size_t>(before);
      return out + all.substr(0, at) + "." + all.substr(at);
    }
    return out + "0." + std::string(static_cast<std::size_t>(-before), '0') + all;
  }
  out += all[0];
  if (all.size() > 1) out += "." + all.substr(1);
  return out + (first < 0 ? "E-" : "E+") + std::to_string(std::abs(first));
}

std::optional<int> compare(const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan()) return std::nullopt;
  const auto sign = [](const Number& n) { return n.is_zero() ? 0 : n.negative ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) < sign(b) ? -1 : 1;
  if (sign(a) == 0) return 0;
  int magnitude = 0;
  if (a.is_infinite() || b.is_infinite()) {
    magnitude = static_cast<int>(a.is_infinite()) - static_cast<int>(b.is_infinite());
  } else if (adjusted(a) != adjusted(b)) {
    magnitude = adjusted(a) < adjusted(b) ? -1 : 1;
  } else {
    // Equal first digits: the exponents differ by no more than the digits do.
    const std::int64_t least = std::min(a.exponent, b.exponent);
    magnitude = Integer(a.coefficient * power_of_ten(a.exponent - least))
                    .compare(Integer(b.coefficient * power_of_ten(b.exponent - least)));
  }
  if (magnitude != 0) magnitude = magnitude < 0 ? -1 : 1;
  return sign(a) * magnitude;
}

Number negated(Number n) {
  n.negative = !n.negative && !n.is_zero();
  return n;
}

Number add(const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan()) return nan();
  if (a.is_infinite() || b.is_infinite()) {
    if (a.is_infinite() && b.is_infinite() && a.negative != b.negative) return nan();
    return a.is_infinite() ? a : b;
  }
  const Number& high = a.exponent >= b.exponent ? a : b;
  const Number& low = a.exponent >= b.exponent ? b : a;
  if (high.is_zero()) {
    // Keeps the exponent of the other, which is the smaller.
    Number sum = low;
    if (low.is_zero()) sum.negative = a.negative && b.negative;
    return rounded(sum);
  }
  const auto signed_by = [](const Number& n, const Integer& i) {
    return n.negative ? Integer(-i) : i;
  };
  Number sum;
  // Far below the last digit that counts, the other number is no more than a direction.
  const std::int64_t room = std::max<std::int64_t>(0, kDigits + 3 - digits(high.coefficient));
  if (high.exponent - room > adjusted(low) + 1) {
    const Integer tail = low.is_zero() ? Integer(0) : signed_by(low, 1);
    sum.exponent = high.exponent - room;
    sum.coefficient = signed_by(high, high.coefficient * power_of_ten(room)) + tail;
  } else {
    sum.exponent = low.exponent;
    sum.coefficient =
        signed_by(high, high.coefficient * power_of_ten(high.exponent - low.exponent)) +
        signed_by(low, low.coefficient);
  }
  sum.negative = sum.coefficient < 0;
  sum.coefficient = mp::abs(sum.coefficient);
  return rounded(sum);
}

Number multiply(const Number& a, const Number& b, std::int64_t precision = kDigits) {
  if (a.is_nan() || b.is_nan()) return nan();
  const bool negative = a.negative != b.negative;
  if (a.is_infinite() || b.is_infinite())
    return a.is_zero() || b.is_zero() ? nan() : infinity(negative);
  return rounded(
      {Number::Form::Finite, negative, a.coefficient * b.coefficient, a.exponent + b.exponent},
      precision);
}

Number divide(const Number& a, const Number& b, std::int64_t precision = kDigits) {
  if (a.is_nan() || b.is_nan() || (a.is_infinite() && b.is_infinite())) return nan();
  const bool negative = a.negative != b.negative;
  if (a.is_infinite()) return infinity(negative);
  if (b.is_infinite()) return {Number::Form::Finite, negative, 0, 0};
  if (b.is_zero()) return a.is_zero() ? nan() : infinity(negative);
  // The exponent that a quotient without remainder has is the difference of the two.
  std::int64_t shift =
      std::max<std::int64_t>(0, precision + 3 + digits(b.coefficient) - digits(a.coefficient));
  Number quotient{Number::Form::Finite, negative, 0, a.exponent - b.exponent};
  if (a.is_zero()) return rounded(quotient);
  Integer rest;
  mp::divide_qr(Integer(a.coefficient * power_of_ten(shift)), b.coefficient, quotient.coefficient,
                rest);
  while (rest == 0 && shift > 0 && quotient.coefficient % 10 == 0) {
    quotient.coefficient /= 10;
    --shift;
  }
  quotient.exponent -= shift;
  return rounded(quotient, precision);
}

/// The sign is that of `a`, as of `%`.
Number remainder(const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan() || a.is_infinite() || b.is_zero()) return nan();
  if (b.is_infinite() || a.is_zero()) return a;
  Number rest{Number::Form::Finite, a.negative, 0, std::min(a.exponent, b.exponent)};
  if (b.exponent > a.exponent + 2 * kDigits) return a;  // smaller than the divisor
  if (b.exponent > a.exponent) {
    rest.coefficient = a.coefficient % (b.coefficient * power_of_ten(b.exponent - a.exponent));
  } else {
    const Integer scale = mp::powm(Integer(10), Integer(a.exponent - b.exponent), b.coefficient);
    rest.coefficient = a.coefficient * scale % b.coefficient;
  }
  return rounded(rest);
}

/// Towards zero; the exponent is not below 0 then.
Number truncated(const Number& n) {
  if (!n.is_finite() || n.exponent >= 0) return n;
  Number out{Number::Form::Finite, n.negative, 0, 0};
  if (-n.exponent <= digits(n.coefficient))
    out.coefficient = n.coefficient / power_of_ten(-n.exponent);
  if (out.is_zero()) out.negative = false;
  return out;
}

Number floor(const Number& n) {
  const Number whole_part = truncated(n);
  return n.negative && compare(whole_part, n) == 1 ? add(whole_part, whole(-1)) : whole_part;
}

Number ceiling(const Number& n) {
  const Number whole_part = truncated(n);
  return compare(whole_part, n) == -1 ? add(whole_part, whole(1)) : whole_part;
}

Float to_float(const Number& n) {
  // Through text: constructing from an integer and multiplying would round twice.
  return Float((n.negative ? "-" : "") + n.coefficient.str() + "e" + std::to_string(n.exponent));
}

Number from_float(const Float& f) {
  return *parse(f.str(kDigits + kGuard, std::ios_base::scientific));
}

const Float& ln_ten() {
  static const Float value = mp::log(Float(10));
  return value;
}

Number exponential(const Number& n) {
  if (n.is_nan()) return n;
  if (n.is_zero()) return whole(1);
  // e^(10^11) is beyond an exponent of 32 bits.
  if (n.is_infinite() || adjusted(n) > 10) return n.negative ? whole(0) : infinity(false);
  if (adjusted(n) < -kDigits - 2) return rounded(add(whole(1), n));
  const Float value = to_float(n);
  // e^x = 10^k × e^(x - k ln 10), the second factor between 1 and 10.
  const Float k = mp::floor(value / ln_ten());
  Number out = from_float(mp::exp(value - k * ln_ten()));
  out.exponent += k.convert_to<std::int64_t>();
  return rounded(out);
}

/// The natural logarithm of a positive finite number.
Float logarithm(const Number& n) {
  const std::int64_t first = adjusted(n);
  Number mantissa = n;
  mantissa.exponent -= first;
  // Near 1 from below, so that nothing large cancels.
  if (first == -1) return mp::log(to_float(n));
  return mp::log(to_float(mantissa)) + Float(first) * ln_ten();
}

Number ln(const Number& n) {
  if (n.is_nan() || (n.negative && !n.is_zero())) return nan();
  if (n.is_zero()) return infinity(true);
  if (n.is_infinite()) return n;
  if (compare(n, whole(1)) == 0) return whole(0);
  return rounded(from_float(logarithm(n)));
}

Number log10(const Number& n) {
  if (n.is_nan() || n.is_zero() || n.negative || n.is_infinite()) return ln(n);
  const std::int64_t first = adjusted(n);
  if (n.coefficient == power_of_ten(digits(n.coefficient) - 1)) return whole(first);
  return rounded(from_float(logarithm(n) / ln_ten()));
}

Number square_root(const Number& n) {
  if (n.is_nan() || (n.negative && !n.is_zero())) return nan();
  if (n.is_infinite()) return n;
  // An even exponent, and twice the digits of the result and some.
  std::int64_t exponent = n.exponent;
  Integer square = n.coefficient;
  if (exponent % 2 != 0) {
    square *= 10;
    --exponent;
  }
  Number root{Number::Form::Finite, n.negative, mp::sqrt(square), exponent / 2};
  if (root.coefficient * root.coefficient == square) return rounded(root);
  const std::int64_t shift = kDigits + 3;
  root.coefficient = mp::sqrt(Integer(square * power_of_ten(2 * shift)));
  root.exponent -= shift;
  const bool exact = root.coefficient * root.coefficient == square * power_of_ten(2 * shift);
  while (exact && root.coefficient % 10 == 0) {
    root.coefficient /= 10;
    ++root.exponent;
  }
  return rounded(root);
}

/// `base` to a whole power, by squaring.
Number whole_power(Number base, std::uint64_t power) {
  const std::int64_t precision = kDigits + kGuard;
  Number result = whole(1);
  for (;; base = multiply(base, base, precision)) {
    if ((power & 1U) != 0) result = multiply(result, base, precision);
    power >>= 1U;
    if (power == 0) return result;
  }
}

/// Whether a whole number is odd.
bool is_odd(const Number& n) {
  return n.exponent == 0 && n.coefficient % 2 == 1;
}

Number power(const Number& base, const Number& by) {
  if (base.is_nan() || by.is_nan()) return nan();
  if (by.is_zero()) return base.is_zero() ? nan() : whole(1);
  Number exponent = by;
  if (by.is_finite()) {
    // As a whole number with exponent 0, where it is one of reasonable size.
    while (exponent.exponent < 0 && exponent.coefficient % 10 == 0) {
      exponent.coefficient /= 10;
      ++exponent.exponent;
    }
    if (exponent.exponent > 0 && adjusted(exponent) < 2 * kDigits) {
      exponent.coefficient *= power_of_ten(exponent.exponent);
      exponent.exponent = 0;
    }
  }
  const bool is_whole = by.is_infinite() || exponent.exponent >= 0;
  const bool negative = base.negative && by.is_finite() && is_odd(exponent);
  if (base.is_zero()) return by.negative ? infinity(negative) : Number{{}, negative, 0, 0};
  if (base.is_infinite()) {
    if (base.negative && !is_whole) return nan();
    return by.negative ? Number{{}, negative, 0, 0} : infinity(negative);
  }
  if (base.negative && (!is_whole || by.is_infinite())) return nan();
  Number positive = base;
  positive.negative = false;
  const int to_one = *compare(positive, whole(1));
  if (by.is_infinite() || (to_one == 0 && is_whole)) {
    if (to_one == 0) return {Number::Form::Finite, negative, 1, 0};
    return (to_one > 0) != by.negative ? infinity(negative) : Number{{}, negative, 0, 0};
  }
  Number result;
  if (is_whole && exponent.exponent == 0 && exponent.coefficient < (Integer(1) << 31)) {
    result = whole_power(positive, static_cast<std::uint64_t>(exponent.coefficient));
    if (by.negative) result = divide(whole(1), result, kDigits + kGuard);
  } else {
    // Exactly so far that the exponent's 32 bits leave all digits right.
    if (adjusted(exponent) > 2 * kDigits) {
      result = (to_one > 0) != by.negative ? infinity(false) : whole(0);
    } else {
      const Float product = logarithm(positive) * to_float(exponent);
      if (mp::abs(product) > Float("1e11")) {
        result = product > 0 ? infinity(false) : whole(0);
      } else {
        const Float k = mp::floor(product / ln_ten());
        result = from_float(mp::exp(product - k * ln_ten()));
        result.exponent += k.convert_to<std::int64_t>();
        // A root that comes out even shows no tail of zeros.
        result = rounded(result);
        while (result.is_finite() && result.exponent < 0 && result.coefficient % 10 == 0) {
          result.coefficient /= 10;
          ++result.exponent;
        }
      }
    }
  }
  result.negative = negative;
  return rounded(result);
}

struct Decimal : Object {
  Number::Form form;
  bool negative;
  std::int32_t exponent;
  Coefficient coefficient;
};

Value object_of(Machine& machine, const Number& n) {
  return Value::object(machine.arena().make<Decimal>(Object{&kDecimalType}, n.form, n.negative,
                                                     static_cast<std::int32_t>(n.exponent),
                                                     Coefficient(n.coefficient)));
}

Number number_of(const Object& object) {
  const auto& d = static_cast<const Decimal&>(object);
  return {d.form, d.negative, Integer(d.coefficient), d.exponent};
}

/// The number that argument `i` is or says.
Number operand(NativeCall& call, std::size_t i, std::string_view function) {
  const Value& value = call.at(i);
  switch (value.kind()) {
  case Kind::Int:
    return whole(value.as_int());
  case Kind::Float: {
    char text[64];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value.as_float());
    static_cast<void>(error);
    return *parse({text, static_cast<std::size_t>(end - text)});
  }
  case Kind::Object:
    if (value.as_object()->type == &kDecimalType) return number_of(*value.as_object());
    call.machine.fail("`" + std::string(function) + "` got a " +
                      std::string(value.as_object()->type->name) +
                      ", not a number, a decimal or a string");
  default:
    break;
  }
  const std::optional<Number> n = parse(value.as_string());
  if (!n) {
    call.machine.fail("`" + std::string(value.as_string().substr(0, 80)) + "` given to `" +
                      std::string(function) +
                      "` is not a decimal number with an exponent of at most 32 bits");
  }
  return *n;
}

Value field(Machine& machine, const Object& object, std::string_view name) {
  const Number n = number_of(object);
  const Integer most = std::numeric_limits<std::int64_t>::max();
  if (name == "string") return machine.arena().string(to_text(n));
  if (name == "sign") return Value::integer(n.is_zero() ? 0 : n.negative ? -1 : 1);
  if (name == "exponent") return Value::integer(n.exponent);
  if (name == "float") {
    // strtod knows all forms, and rounds once.
    const std::string text = to_text(n);
    return Value::number(std::strtod(text.c_str(), nullptr));
  }
  if (name == "coefficient") {
    if (n.coefficient > most) {
      machine.fail("the coefficient of decimal `" + to_text(n) + "` does not fit in an int");
    }
    return Value::integer(n.coefficient.convert_to<std::int64_t>());
  }
  if (name == "int") {
    Number t = truncated(n);
    const bool fits = t.is_zero() || (t.is_finite() && adjusted(t) < 20);
    if (fits && !t.is_zero()) t.coefficient *= power_of_ten(t.exponent);
    if (!fits || t.coefficient > most + (t.negative ? 1 : 0)) {
      machine.fail("decimal `" + to_text(n) + "` does not fit in an int");
    }
    const Integer value = t.negative ? Integer(-t.coefficient) : t.coefficient;
    return Value::integer(value.convert_to<std::int64_t>());
  }
  return {};
}

constexpr std::array<std::string_view, 6> kFields{"coefficient", "exponent", "float",
                                                  "int",         "sign",     "string"};

std::string print(const Object& object) {
  return to_text(number_of(object));
}

bool equals_object(const Object& a, const Object& b) {
  return compare(number_of(a), number_of(b)) == 0;
}

Number self_of(const NativeCall& call) {
  return number_of(*call.self.as_object());
}

// One template per shape keeps the rows below readable.

template <Number (*kOperation)(const Number&)>
Value unary(NativeCall& call) {
  return object_of(call.machine, kOperation(self_of(call)));
}

template <Number (*kOperation)(const Number&, const Number&)>
Value binary(NativeCall& call) {
  return object_of(call.machine, kOperation(self_of(call), operand(call, 0, "decimal")));
}

/// True where the order of the two is one of the bits: 1 less, 2 equal, 4 greater, 8 none (a NaN).
template <unsigned kOrders>
Value ordered(NativeCall& call) {
  const std::optional<int> order = compare(self_of(call), operand(call, 0, "decimal"));
  const unsigned bit = !order ? 8U : 1U << static_cast<unsigned>(*order + 1);
  return Value::boolean((kOrders & bit) != 0);
}

Number product(const Number& a, const Number& b) {
  return multiply(a, b);
}
Number quotient(const Number& a, const Number& b) {
  return divide(a, b);
}
Number subtract(const Number& a, const Number& b) {
  Number minus = b;
  minus.negative = !minus.negative;
  return add(a, minus);
}
Number absolute(const Number& n) {
  Number out = n;
  out.negative = false;
  return out;
}
Number negate(const Number& n) {
  return negated(n);
}

constexpr std::uint16_t kNumberLike = kNumber | kString | kObject;

constexpr FunctionRow kMethods[] = {
    {"is", 1, 1, {kNumberLike}, ordered<2>, "whether the number equals v; NaN equals nothing"},
    {"is_not", 1, 1, {kNumberLike}, ordered<1 | 4 | 8>, "whether the number differs from v"},
    {"less_than", 1, 1, {kNumberLike}, ordered<1>, "whether the number is less than v"},
    {"lt", 1, 1, {kNumberLike}, ordered<1>, "the same as less_than"},
    {"less_than_or_equals", 1, 1, {kNumberLike}, ordered<1 | 2>, "whether the number is at most v"},
    {"lte", 1, 1, {kNumberLike}, ordered<1 | 2>, "the same as less_than_or_equals"},
    {"greater_than", 1, 1, {kNumberLike}, ordered<4>, "whether the number is greater than v"},
    {"gt", 1, 1, {kNumberLike}, ordered<4>, "the same as greater_than"},
    {"greater_than_or_equals",
     1,
     1,
     {kNumberLike},
     ordered<2 | 4>,
     "whether the number is at least v"},
    {"gte", 1, 1, {kNumberLike}, ordered<2 | 4>, "the same as greater_than_or_equals"},
    {"add", 1, 1, {kNumberLike}, binary<add>, "the sum"},
    {"subtract", 1, 1, {kNumberLike}, binary<subtract>, "the difference"},
    {"sub", 1, 1, {kNumberLike}, binary<subtract>, "the same as subtract"},
    {"multiply", 1, 1, {kNumberLike}, binary<product>, "the product"},
    {"mul", 1, 1, {kNumberLike}, binary<product>, "the same as multiply"},
    {"divide", 1, 1, {kNumberLike}, binary<quotient>, "the quotient"},
    {"div", 1, 1, {kNumberLike}, binary<quotient>, "the same as divide"},
    {"modulo",
     1,
     1,
     {kNumberLike},
     binary<remainder>,
     "the remainder of dividing by v, with the number's sign"},
    {"mod", 1, 1, {kNumberLike}, binary<remainder>, "the same as modulo"},
    {"remainder", 1, 1, {kNumberLike}, binary<remainder>, "the same as modulo"},
    {"rem", 1, 1, {kNumberLike}, binary<remainder>, "the same as modulo"},
    {"power", 1, 1, {kNumberLike}, binary<power>, "the number to the power v"},
    {"pow", 1, 1, {kNumberLike}, binary<power>, "the same as power"},
    {"exp", 0, 0, {}, unary<exponential>, "e to the power of the number"},
    {"loge", 0, 0, {}, unary<ln>, "the natural logarithm"},
    {"ln", 0, 0, {}, unary<ln>, "the same as loge"},
    {"log10", 0, 0, {}, unary<log10>, "the logarithm to base 10"},
    {"log", 0, 0, {}, unary<log10>, "the same as log10"},
    {"square_root", 0, 0, {}, unary<square_root>, "the square root; NaN of a negative number"},
    {"sqrt", 0, 0, {}, unary<square_root>, "the same as square_root"},
    {"ceiling", 0, 0, {}, unary<ceiling>, "the smallest whole number that is not less"},
    {"ceil", 0, 0, {}, unary<ceiling>, "the same as ceiling"},
    {"floor", 0, 0, {}, unary<floor>, "the largest whole number that is not greater"},
    {"absolute", 0, 0, {}, unary<absolute>, "the number without its sign"},
    {"abs", 0, 0, {}, unary<absolute>, "the same as absolute"},
    {"negate", 0, 0, {}, unary<negate>, "the number with the other sign"},
    {"neg", 0, 0, {}, unary<negate>, "the same as negate"},
};

Value new_decimal(NativeCall& call) {
  return object_of(call.machine, operand(call, 0, "decimal.new"));
}

Value new_infinity(NativeCall& call) {
  const std::optional<int> order = compare(operand(call, 0, "decimal.infinity"), whole(0));
  return object_of(call.machine, infinity(order == -1));
}

Value is_infinite(NativeCall& call) {
  return Value::boolean(operand(call, 0, "decimal.is_infinite").is_infinite());
}

Value is_nan(NativeCall& call) {
  return Value::boolean(operand(call, 0, "decimal.is_nan").is_nan());
}

Value member(Machine& machine, std::string_view name) {
  return name == "nan" ? object_of(machine, nan()) : Value();
}

constexpr FunctionRow kFunctions[] = {
    {"infinity", 1, 1, {kNumberLike}, new_infinity, "infinity with the sign of a number"},
    {"inf", 1, 1, {kNumberLike}, new_infinity, "the same as infinity"},
    {"is_infinite", 1, 1, {kNumberLike}, is_infinite, "whether d is infinite"},
    {"is_inf", 1, 1, {kNumberLike}, is_infinite, "the same as is_infinite"},
    {"isinf", 1, 1, {kNumberLike}, is_infinite, "the same as is_infinite"},
    {"isinfinite", 1, 1, {kNumberLike}, is_infinite, "the same as is_infinite"},
    {"is_nan", 1, 1, {kNumberLike}, is_nan, "whether d is not a number"},
    {"isnan", 1, 1, {kNumberLike}, is_nan, "the same as is_nan"},
    {"new",
     1,
     1,
     {kNumberLike},
     new_decimal,
     "the decimal of an int, a float or a string, exactly"},
};

}  // namespace

constinit const ObjectType kDecimalType{"decimal", kMethods, field, print, equals_object, kFields};

constinit const ImportRow kDecimal{"decimal", kFunctions, member, "decimal numbers of 100 digits"};

}  // namespace sentinel
