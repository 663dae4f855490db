#include <array>
#include <string>

#include <gtest/gtest.h>

#include "plugin/sentinel/import/rows.h"
#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Decimal, New) {
  constexpr CallCase kCases[] = {
      {"a string", R"(decimal.new("1.1").string)", R"("1.1")"},
      {"a float says what is written", R"(decimal.new(2.2).string)", R"("2.2")"},
      {"an int", R"(decimal.new(3).string)", R"("3")"},
      {"the smallest int", R"(decimal.new(-9223372036854775808).string)",
       R"("-9223372036854775808")"},
      {"a large exponent", R"(decimal.new("1.1234E+400").string)", R"("1.1234E+400")"},
      {"a float of such", R"(decimal.new(1e300).string)", R"("1E+300")"},
      {"zeros at the end are kept", R"(decimal.new("1.50").string)", R"("1.50")"},
      {"a point at the end", R"(decimal.new("1.").string)", R"("1")"},
      {"a point at the begin", R"(decimal.new("-.5e1").string)", R"("-5")"},
      {"small numbers stay plain", R"(decimal.new("0.000001").string)", R"("0.000001")"},
      {"smaller ones do not", R"(decimal.new("0.0000001").string)", R"("1E-7")"},
      {"a positive exponent shows", R"(decimal.new("1e3").string)", R"("1E+3")"},
      {"NaN", R"(decimal.new("nan").string)", R"("NaN")"},
      {"infinity", R"(decimal.new("-Inf").string)", R"("-Infinity")"},
      {"a decimal", R"(decimal.new(decimal.new("1.0")).string)", R"("1.0")"},
      {"100 digits, rounded half up",
       R"(decimal.new("1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890.5").string)",
       R"("1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567891")"},
      {"nines round to one more digit",
       R"(decimal.new("9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999.9").exponent)",
       "1"},
      {"prints as its text", R"([decimal.new("1.50")])", R"([1.50])"},
      {"words", R"(decimal.new("one"))",
       "error: `one` given to `decimal.new` is not a decimal number with an exponent of at most 32 "
       "bits"},
      {"nothing", R"(decimal.new(""))",
       "error: `` given to `decimal.new` is not a decimal number with an exponent of at most 32 "
       "bits"},
      {"an exponent of 33 bits", R"(decimal.new("1e3000000000"))",
       "error: `1e3000000000` given to `decimal.new` is not a decimal number with an exponent of "
       "at most 32 bits"},
      {"two signs in the exponent", R"(decimal.new("1e+-3"))",
       "error: `1e+-3` given to `decimal.new` is not a decimal number with an exponent of at most "
       "32 bits"},
      {"two points", R"(decimal.new("1.2.3"))",
       "error: `1.2.3` given to `decimal.new` is not a decimal number with an exponent of at most "
       "32 bits"},
      {"another object", R"(decimal.new(time.now))",
       "error: `decimal.new` got a timespace, not a number, a decimal or a string"},
      {"undefined in, undefined out", "decimal.new(undefined)", "undefined"},
      {"null is refused", "decimal.new(null)", "error: wrong kind of argument 1"},
      {"one argument", "decimal.new()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Decimal, Special) {
  constexpr CallCase kCases[] = {
      {"infinity", "decimal.infinity(1).string", R"("Infinity")"},
      {"negative infinity", "decimal.infinity(-1).string", R"("-Infinity")"},
      {"inf", "decimal.inf(1).string", R"("Infinity")"},
      {"infinity of undefined", "decimal.infinity(undefined)", "undefined"},
      {"inf, one argument", "decimal.inf()", "error: wrong number of arguments"},
      {"nan", "decimal.nan.string", R"("NaN")"},
      {"NaN equals nothing", "decimal.nan.is(decimal.nan)", "false"},
      {"NaN differs from everything", "decimal.nan.is_not(decimal.nan)", "true"},
      {"is_infinite", R"(decimal.is_infinite("Infinity"))", "true"},
      {"is_infinite of a number", "decimal.is_infinite(100)", "false"},
      {"is_inf", "decimal.is_inf(decimal.inf(-1))", "true"},
      {"isinf", "decimal.isinf(1.5)", "false"},
      {"isinfinite", R"(decimal.isinfinite("NaN"))", "false"},
      {"is_infinite of undefined", "decimal.is_infinite(undefined)", "undefined"},
      {"is_infinite of a list", "decimal.is_infinite([])", "error: wrong kind of argument 1"},
      {"is_nan", R"(decimal.is_nan("NaN"))", "true"},
      {"isnan", "decimal.isnan(1)", "false"},
      {"is_nan of undefined", "decimal.is_nan(undefined)", "undefined"},
      {"isnan, one argument", "decimal.isnan()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Decimal, Fields) {
  constexpr CallCase kCases[] = {
      {"string", "decimal.new(1.5).string", R"("1.5")"},
      {"sign", "decimal.new(1.5).sign", "1"},
      {"negative sign", "decimal.new(-1.5).sign", "-1"},
      {"no sign", R"(decimal.new("0.00").sign)", "0"},
      {"coefficient", "decimal.new(-1.5).coefficient", "15"},
      {"exponent", "decimal.new(1.5).exponent", "-1"},
      {"float", "decimal.new(1.5).float", "1.500000"},
      {"float of a third", "decimal.new(1).div(3).float", "0.333333"},
      {"float beyond floats", R"(decimal.new("1e400").float)", "+Inf"},
      {"int", "decimal.new(1.5).int", "1"},
      {"int truncates", "decimal.new(-1.5).int", "-1"},
      {"int of a power", R"(decimal.new("1.2e3").int)", "1200"},
      {"int of a tiny number", R"(decimal.new("1e-2000000000").int)", "0"},
      {"the largest int", R"(decimal.new("9223372036854775807.9").int)", "9223372036854775807"},
      {"the smallest int", R"(decimal.new("-9223372036854775808").int)", "-9223372036854775808"},
      {"too large", R"(decimal.new("9223372036854775808").int)",
       "error: decimal `9223372036854775808` does not fit in an int"},
      {"far too large", R"(decimal.new("1e2000000000").int)",
       "error: decimal `1E+2000000000` does not fit in an int"},
      {"int of infinity", "decimal.inf(1).int", "error: decimal `Infinity` does not fit in an int"},
      {"a long coefficient", R"(decimal.new("92233720368547758.08").coefficient)",
       "error: the coefficient of decimal `92233720368547758.08` does not fit in an int"},
      {"no such field", "decimal.new(1).value", "undefined"},
  };
  expect_results(kCases);
}

TEST(Decimal, Compares) {
  constexpr CallCase kCases[] = {
      {"is", "decimal.new(1.5).is(1)", "false"},
      {"is, by value", R"(decimal.new("1.50").is(1.5))", "true"},
      {"is_not", "decimal.new(1.5).is_not(1)", "true"},
      {"less_than", "decimal.new(1.5).less_than(1)", "false"},
      {"lt", "decimal.new(-2).lt(1)", "true"},
      {"less_than_or_equals", "decimal.new(1.5).less_than_or_equals(1)", "false"},
      {"lte", R"(decimal.new(1).lte("1.000"))", "true"},
      {"greater_than", "decimal.new(1.5).greater_than(1)", "true"},
      {"gt", "decimal.new(1).gt(1)", "false"},
      {"greater_than_or_equals", "decimal.new(1.5).greater_than_or_equals(1)", "true"},
      {"gte", "decimal.new(0.9).gte(1)", "false"},
      {"exponents far apart", R"(decimal.new("1e2000000000").gt("1e-2000000000"))", "true"},
      {"negative numbers the other way", "decimal.new(-10).lt(-9)", "true"},
      {"zeros are equal", R"(decimal.new("-0").is("0.00"))", "true"},
      {"infinity is above all", R"(decimal.inf(1).gt("1e400"))", "true"},
      {"minus infinity is below all", R"(decimal.inf(-1).lt("-1e400"))", "true"},
      {"infinities are equal", "decimal.inf(1).is(decimal.inf(1))", "true"},
      {"NaN is not less", "decimal.nan.lt(1)", "false"},
      {"NaN is not at least", "decimal.new(1).gte(decimal.nan)", "false"},
      {"undefined in, undefined out", "decimal.new(1).lt(undefined)", "undefined"},
      {"a bool is refused", "decimal.new(1).is(true)", "error: wrong kind of argument 1"},
      {"one argument", "decimal.new(1).gt()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Decimal, Arithmetic) {
  constexpr CallCase kCases[] = {
      {"add", "decimal.new(1.5).add(1)", "2.5"},
      {"add exactly", "decimal.new(0.1).add(0.2)", "0.3"},
      {"add keeps zeros", R"(decimal.new("1.50").add("1.50"))", "3.00"},
      {"add to nothing", "decimal.new(1.5).add(-1.5)", "0.0"},
      {"add far apart", R"(decimal.new("1e200").add(1).string)",
       R"("1.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000E+200")"},
      {"add beyond all measure",
       R"(decimal.new("1e2000000000").add("1e-2000000000").gt("9e1999999999"))", "true"},
      {"infinities cancel", "decimal.inf(1).add(decimal.inf(-1))", "NaN"},
      {"infinity stays", "decimal.inf(-1).add(5)", "-Infinity"},
      {"subtract", "decimal.new(1.5).subtract(1)", "0.5"},
      {"sub", "decimal.new(1).sub(1.5)", "-0.5"},
      {"multiply keeps the scale", "decimal.new(1.5).multiply(2)", "3.0"},
      {"mul", R"(decimal.new("1.10").mul("1.10"))", "1.2100"},
      {"zero times infinity", "decimal.new(0).mul(decimal.inf(1))", "NaN"},
      {"too large becomes infinity", R"(decimal.new("-1e2000000000").mul("1e2000000000"))",
       "-Infinity"},
      {"too small becomes zero", R"(decimal.new("1e-2000000000").mul("1e-2000000000").is(0))",
       "true"},
      {"divide", "decimal.new(3.0).divide(1.5)", "2"},
      {"div, as far as needed", "decimal.new(1).div(8)", "0.125"},
      {"div, whole numbers", "decimal.new(1000).div(100)", "10"},
      {"div, 100 digits", "decimal.new(2).div(3)",
       "0."
       "6666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666"
       "666666667"},
      {"by zero", "decimal.new(-1).div(0)", "-Infinity"},
      {"zero by zero", "decimal.new(0).div(0)", "NaN"},
      {"by infinity", "decimal.new(1).div(decimal.inf(1))", "0"},
      {"modulo", "decimal.new(1.5).modulo(1)", "0.5"},
      {"mod has the sign of the number", "decimal.new(-7).mod(3)", "-1"},
      {"remainder", "decimal.new(7).remainder(-3)", "1"},
      {"rem of a smaller number", R"(decimal.new("0.5").rem("1e9"))", "0.5"},
      {"mod far apart", R"(decimal.new("1e2000000000").mod(7))", "2"},
      {"mod by zero", "decimal.new(1).mod(0)", "NaN"},
      {"undefined in, undefined out", "decimal.new(1).add(undefined)", "undefined"},
      {"null is refused", "decimal.new(1).mul(null)", "error: wrong kind of argument 1"},
      {"a word is no number", R"(decimal.new(1).div("x"))",
       "error: `x` given to `decimal` is not a decimal number with an exponent of at most 32 bits"},
      {"one argument", "decimal.new(1).sub()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Decimal, Functions) {
  constexpr CallCase kCases[] = {
      {"power", "decimal.new(1.5).power(2)", "2.25"},
      {"pow, negative", "decimal.new(2).pow(-3)", "0.125"},
      {"pow of a negative number", "decimal.new(-2).pow(3)", "-8"},
      {"pow, an exponent with zeros", R"(decimal.new(2).pow("1e1"))", "1024"},
      {"pow, to nothing", "decimal.new(5).pow(0)", "1"},
      {"pow, zero to zero", "decimal.new(0).pow(0)", "NaN"},
      {"pow, zero to a negative number", "decimal.new(0).pow(-1)", "Infinity"},
      {"pow, a root", "decimal.new(4).pow(0.5)", "2"},
      {"pow, a root that is not even", "decimal.new(2).pow(0.5)",
       "1."
       "4142135623730950488016887242096980785696718753769480731766797379907324784621070388503875343"
       "27641573"},
      {"pow, a root of a negative number", "decimal.new(-4).pow(0.5)", "NaN"},
      {"pow, many digits", "decimal.new(1.1).pow(100)",
       "13780."
       "6123398222701841183371720896367762643312000384664331464775521549852095523076769401159497458"
       "5264"},
      {"pow, a large exponent", R"(decimal.new("1.0000001").pow(1000000000))",
       "26881037012649238105056003014775037465638377."
       "75157472562707212456035991205572867006565195372189513391"},
      {"pow, far too large", R"(decimal.new(10).pow("1e20"))", "Infinity"},
      {"pow, far too small", R"(decimal.new("0.1").pow("1e20"))", "0"},
      {"pow to infinity", "decimal.new(0.5).pow(decimal.inf(1))", "0"},
      {"exp", "decimal.new(1.5).exp()",
       "4."
       "4816890703380648226020554601192758190057498683696670567726500827859366744667137729810538313"
       "82453391"},
      {"exp of zero", "decimal.new(0).exp()", "1"},
      {"exp, large", "decimal.new(1000000.5).exp()",
       "5."
       "0009267433227311907418757163067695548726653372793258876954689234862127021284228382025694797"
       "66372426E+434294"},
      {"exp, small", R"(decimal.new("1e-40").exp())",
       "1."
       "0000000000000000000000000000000000000001000000000000000000000000000000000000000050000000000"
       "00000000"},
      {"exp, overflow", R"(decimal.new("1e20").exp())", "Infinity"},
      {"exp, underflow", R"(decimal.new("-1e20").exp())", "0"},
      {"loge", "decimal.new(1.5).loge()",
       "0."
       "4054651081081643819780131154643491365719904234624941976140143241441006712489142512677524278"
       "173134012"},
      {"ln, near one",
       R"(decimal.new("0.999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999").ln())",
       "-1."
       "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005"
       "00000000E-90"},
      {"ln of one", "decimal.new(1.0).ln()", "0"},
      {"ln of zero", "decimal.new(0).ln()", "-Infinity"},
      {"ln of a negative number", "decimal.new(-1).ln()", "NaN"},
      {"log10", "decimal.new(1.5).log10()",
       "0."
       "1760912590556812420812890085306222824319389827285873235194381791781209635092366135560411035"
       "294301295"},
      {"log of a power of ten", R"(decimal.new("0.001").log())", "-3"},
      {"log of a large one", R"(decimal.new("1e2000000000").log())", "2000000000"},
      {"square_root", "decimal.new(1.5).square_root()",
       "1."
       "2247448713915890490986420373529456959829737403283350642163462836254801887286575132699297165"
       "52320117"},
      {"sqrt, even", "decimal.new(2.25).sqrt()", "1.5"},
      {"sqrt of a negative number", "decimal.new(-1).sqrt()", "NaN"},
      {"sqrt of zero", "decimal.new(0).sqrt()", "0"},
      {"sqrt with an odd exponent",
       R"(decimal.new("1e3").sqrt().mul(decimal.new("1e3").sqrt()).sub(1000).abs().lt("1e-90"))",
       "true"},
      {"ceiling", "decimal.new(1.5).ceiling()", "2"},
      {"ceil of a negative number", "decimal.new(-1.5).ceil()", "-1"},
      {"ceil of a tiny one", R"(decimal.new("1e-2000000000").ceil())", "1"},
      {"floor", "decimal.new(1.5).floor()", "1"},
      {"floor of a negative number", "decimal.new(-1.5).floor()", "-2"},
      {"floor of a large one", R"(decimal.new("1.5e10").floor())", "1.5E+10"},
      {"absolute", "decimal.new(-1.5).absolute()", "1.5"},
      {"abs", "decimal.new(1.5).abs()", "1.5"},
      {"negate", "decimal.new(1.5).negate()", "-1.5"},
      {"neg of nothing", "decimal.new(0).neg()", "0"},
      {"no arguments", "decimal.new(1).exp(1)", "error: wrong number of arguments"},
      {"ceil takes none", "decimal.new(1).ceil(1)", "error: wrong number of arguments"},
      {"power takes one", "decimal.new(1).power()", "error: wrong number of arguments"},
      {"undefined in, undefined out", "decimal.new(1).power(undefined)", "undefined"},
  };
  expect_results(kCases);
}

TEST(Decimal, ManyDigitsTakeNoTime) {
  FakeMachine machine;
  const std::string digits(1'000'000, '7');
  const Value text = machine.arena().string("0." + digits);
  const std::array<Value, 1> arguments{text};
  NativeCall call{machine, arguments, Value()};
  for (const FunctionRow& row : kDecimal.functions) {
    if (row.name != "new") continue;
    const Value made = row.run(call);
    EXPECT_EQ(made.as_object()->type->field(machine, *made.as_object(), "exponent").as_int(), -100);
  }
}

}  // namespace
}  // namespace sentinel
