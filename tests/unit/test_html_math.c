/* Formulas as a line of text: what they say, in HTML and in plain text. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define I(x) "<mi>" x "</mi>"
#define N(x) "<mn>" x "</mn>"
#define O(x) "<mo>" x "</mo>"
#define T(x) "<mtext>" x "</mtext>"
#define ROW(x) "<mrow>" x "</mrow>"
#define FRAC(a, b) "<mfrac>" a b "</mfrac>"
#define SUP(a, b) "<msup>" a b "</msup>"
#define SUB(a, b) "<msub>" a b "</msub>"
#define SQRT(x) "<msqrt>" x "</msqrt>"
#define SUM ROW(I("a") O("+") I("b"))

/* What is between <math> and its end, and how it is read. */
static const struct {
	const char *math, *want;
} cases[] = {
	/* fractions */
	{ FRAC(N("1"), N("2")), "1/2" },
	{ FRAC(ROW(N("1")), ROW(N("2"))), "1/2" },
	{ FRAC(SUM, N("2")), "(a+b)/2" },
	{ FRAC(N("1"), ROW(N("2") I("x"))), "1/(2x)" },
	{ FRAC(FRAC(N("1"), N("2")), N("3")), "(1/2)/3" },
	{ FRAC(SUP(I("x"), N("2")), SQRT(N("3"))), "x^2/\xE2\x88\x9A" "3" },
	{ N("2") FRAC(N("1"), N("2")), "2(1/2)" },
	{ FRAC(N("1"), N("2")) I("x"), "(1/2)x" },
	{ FRAC(N("1"), N("2")) O("&#x2062;") I("x"), "(1/2)x" },
	{ FRAC(N("1"), N("2")) O("+") FRAC(N("1"), N("3")), "1/2+1/3" },
	{ FRAC(N("1"), N("2")) O("/") N("3"), "(1/2)/3" },
	{ N("3") O("/") FRAC(N("1"), N("2")), "3/(1/2)" },
	{ "<mo>(</mo>" FRAC(N("1"), N("2")) "<mo>)</mo>" I("x"), "(1/2)x" },
	{ SUP(ROW(O("(") FRAC(N("1"), N("2")) O(")")), I("n")), "(1/2)^n" },
	{ "<mo>(</mo><mfrac linethickness='0pt'>" I("n") I("k")
	    "</mfrac><mo>)</mo>", "(n, k)" },
	{ FRAC(N("1"), ""), "1" },
	/* roots */
	{ SQRT(I("x")), "\xE2\x88\x9Ax" },
	{ SQRT(N("10")), "\xE2\x88\x9A" "10" },
	{ SQRT(I("x") O("+") N("1")), "\xE2\x88\x9A(x+1)" },
	{ SQRT(SUM), "\xE2\x88\x9A(a+b)" },
	{ SQRT(FRAC(N("1"), N("2"))), "\xE2\x88\x9A(1/2)" },
	{ N("2") SQRT(N("3")) I("x"), "2\xE2\x88\x9A" "3 x" },
	{ "<mroot>" I("x") N("3") "</mroot>", "\xE2\x88\x9Bx" },
	{ "<mroot>" SUM N("4") "</mroot>", "\xE2\x88\x9C(a+b)" },
	{ "<mroot>" SUM I("n") "</mroot>", "(a+b)^(1/n)" },
	{ "<mroot>" I("x") SUM "</mroot>", "x^(1/(a+b))" },
	/* above and below */
	{ SUP(I("x"), N("2")), "x^2" },
	{ SUP(I("x"), N("10")) I("y"), "x^10 y" },
	{ SUP(I("x"), ROW(O("-") N("1"))), "x^(-1)" },
	{ SUP(I("x"), FRAC(N("1"), N("2"))), "x^(1/2)" },
	{ SUP(SUM, N("2")), "(a+b)^2" },
	{ SUP(ROW(O("(") SUM O(")")), N("2")), "(a+b)^2" },
	{ O("(") I("x") SUP(O(")"), N("2")), "(x)^2" },
	{ ROW(O("(") I("a") O(")") O("(") I("b") O(")")), "(a)(b)" },
	{ SUP(ROW(O("(") I("a") O(")") O("(") I("b") O(")")), N("2")),
	    "((a)(b))^2" },
	{ SUP(I("x"), SUP(I("y"), N("2"))), "x^(y^2)" },
	{ SUP(SUP(I("x"), I("y")), N("2")), "(x^y)^2" },
	{ SUP(FRAC(N("1"), N("2")), I("n")), "(1/2)^n" },
	{ SUP(I("f"), O("&#x2032;")) O("(") I("x") O(")"),
	    "f\xE2\x80\xB2(x)" },
	{ SUB(I("x"), N("1")), "x_1" },
	{ SUB(I("x"), N("1")) SUB(I("x"), N("2")), "x_1 x_2" },
	{ SUB(I("x"), ROW(I("i") O(",") I("j"))), "x_(i,j)" },
	{ N("2") SUP(N("3"), N("4")), "2 3^4" },
	{ "<msubsup>" I("x") N("1") N("2") "</msubsup>", "x_1^2" },
	{ "<munderover>" O("&sum;") ROW(I("i") O("=") N("1")) I("n")
	    "</munderover>" I("i"), "\xE2\x88\x91_(i=1)^n i" },
	{ "<munder>" O("lim") ROW(I("x") O("&rarr;") N("0")) "</munder>"
	    I("x"), "lim_(x\xE2\x86\x92" "0) x" },
	{ "<mover>" I("x") O("&macr;") "</mover>", "x\xCC\x84" },
	{ "<mover>" I("v") O("&rarr;") "</mover>", "v\xE2\x83\x97" },
	{ "<mover>" SUM O("~") "</mover>", "(a+b)^~" },
	{ "<mmultiscripts>" I("C") "<mprescripts/>" N("6") N("14")
	    "</mmultiscripts>", "_6^14C" },
	{ "<mmultiscripts>" I("R") I("i") "<none/><none/>" I("j")
	    "</mmultiscripts>", "R_i^j" },
	{ "<msup>" I("x") "</msup>", "x" },
	/* beside each other */
	{ N("2") I("x"), "2x" },
	{ N("2") N("3"), "2 3" },
	{ I("x") N("2"), "x 2" },
	{ I("sin") O("&#x2061;") I("x"), "sin x" },
	{ I("sin") O("(") I("x") O(")"), "sin(x)" },
	{ I("x") T(" if ") I("y"), "x if y" },
	{ I("a") O("mod") I("b"), "a mod b" },
	{ " " I(" x\n") "\n" O("=") " " N("1"), "x=1" },
	{ "x + 1", "x + 1" },
	{ I("x") O("&lt;") T("&lt;b>"), "x<<b>" },
	{ "<ms>a</ms>", "\"a\"" },
	/* the rest */
	{ "<mfenced>" I("a") I("b") "</mfenced>", "(a,b)" },
	{ "<mfenced open='[' close='&gt;' separators='; |'>" I("a") I("b")
	    I("c") I("d") "</mfenced>", "[a;b|c|d>" },
	{ I("f") "<mfenced><mi>x</mi></mfenced>", "f(x)" },
	{ O("[") "<mtable><mtr><mtd>" N("1") "</mtd><mtd>" N("0")
	    "</mtd></mtr><mtr><mtd>" N("0") "</mtd><mtd>" N("1")
	    "</mtd></mtr></mtable>" O("]"), "[1, 0; 0, 1]" },
	{ "<semantics>" ROW(I("x")) "<annotation encoding='tex'>\\x"
	    "</annotation><annotation-xml encoding='text/html'><p>y</p>"
	    "</annotation-xml></semantics>", "x" },
	{ "<mphantom>" I("x") "</mphantom>" I("y"), "y" },
	{ "<mstyle color='red'><x>" I("a") "</x></mstyle>", "a" },
	{ "<mrow>" I("a") "<mfrac>" N("1") N("2"), "a(1/2)" },
	{ "<m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac>", "1/2" },
	{ "<!-- -->", "" },
	/* with faults, as text between tags that are not known */
	{ FRAC(N("1"), N("2") N("3")), "123" },
	{ T("<b>x</b>") N("1"), "x1" },
	{ N("1") "<math>" N("2"), "12" },
	{ N("1") "<!-- x", "1" },
};

static void
assert_both(const char *html, const char *want)
{
	const struct gaz_html_options none = { .base = GAZ_STR_NONE };
	struct gaz_html_options opt = none;
	struct gaz_arena a = { 0 };
	struct gaz_buf clean, twice, texts[3];

	gaz_buf_init(&clean, GAZ_FIELD_MAX);
	gaz_buf_init(&twice, GAZ_FIELD_MAX);
	for (size_t i = 0; i < GAZ_COUNT(texts); i++)
		gaz_buf_init(&texts[i], GAZ_BUF_NO_MAX);
	opt.text = &texts[0];
	gaz_html_clean(gaz_str_of(html), &opt, &a, &clean, NULL);
	gaz_html_clean(gaz_buf_str(&clean), &none, &a, &twice, NULL);
	gaz_html_to_text(gaz_str_of(html), true, &texts[1]);
	gaz_html_to_text(gaz_buf_str(&clean), true, &texts[2]);
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		if (!gaz_str_eq_z(gaz_buf_str(&texts[i]), want))
			fail_msg("%s: text %zu is \"%.*s\", not \"%s\"", html,
			    i, GAZ_STR_ARG(gaz_buf_str(&texts[i])), want);
	}
	assert_true(gaz_str_eq(gaz_buf_str(&clean), gaz_buf_str(&twice)));
	gaz_buf_clear(&clean);
	gaz_buf_clear(&twice);
	for (size_t i = 0; i < GAZ_COUNT(texts); i++)
		gaz_buf_clear(&texts[i]);
	gaz_arena_clear(&a);
}

static void
test_formulas(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf html, want;

		gaz_buf_init(&html, GAZ_BUF_NO_MAX);
		gaz_buf_init(&want, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&html, "<p>.<math display=block>%s</math>.",
		    cases[i].math);
		gaz_buf_put_fmt(&want, ".%s.", cases[i].want);
		assert_both(html.p, want.p);
		gaz_buf_clear(&html);
		gaz_buf_clear(&want);
	}
	assert_both("<m:math><m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac>"
	    "</m:math>", "1/2");
	assert_both("<math/>1<math>" N("1"), "11");
	assert_both("<table><math>" FRAC(N("1"), N("2")) "</math></table>",
	    "1/2");
}

/* Formulas of that many bytes, that deep and that often. */
static void
put_repeated(struct gaz_buf *b, const char *one, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_z(b, one);
}

static void
test_limits(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<math>" FRAC(N("1"), N("2")) "<!--");
		put_repeated(&b, "x", GAZ_MATH_MAX + over + strlen("<math>") -
		    b.len - strlen("--></math>"));
		gaz_buf_put_z(&b, "--></math>");
		assert_both(b.p, over ? "12" : "1/2");

		gaz_buf_reset(&b);
		/* math, mfrac and mn are three. */
		gaz_buf_put_z(&b, "<math>");
		put_repeated(&b, "<mrow>", GAZ_MATH_DEPTH_MAX - 3 + over);
		gaz_buf_put_z(&b, FRAC(N("1"), N("2")) "</math>");
		assert_both(b.p, over ? "12" : "1/2");

		gaz_buf_reset(&b);
		put_repeated(&b, "<math><i></i></math>",
		    GAZ_MATH_FAILURES_MAX - 1 + over);
		gaz_buf_put_z(&b, "<math>" FRAC(N("1"), N("2")) "</math>");
		assert_both(b.p, over ? "12" : "1/2");
		gaz_buf_clear(&b);
	}
}

/* The result has its ceiling with formulas, too. */
static void
test_ceiling(void **state)
{
	const struct gaz_html_options opt = { .base = GAZ_STR_NONE };
	struct gaz_arena a = { 0 };
	struct gaz_buf b, out;

	(void)state;
	for (size_t more = 0; more < 3; more++) {
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_init(&out, GAZ_BUF_NO_MAX);
		put_repeated(&b, "x", GAZ_FIELD_MAX - 2 - more * 1000);
		gaz_buf_put_z(&b, "<math><mtext>");
		put_repeated(&b, "&amp;", 1000);
		gaz_buf_put_z(&b, "</mtext></math>");
		assert_int_equal(gaz_html_clean(gaz_buf_str(&b), &opt, &a,
		    &out, NULL), GAZ_HTML_CUT);
		assert_int_equal(out.len, GAZ_FIELD_MAX - 2 - more * 1000);
		gaz_buf_clear(&b);
		gaz_buf_clear(&out);
	}
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formulas),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_ceiling),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("html_math", tests, NULL, NULL);
}
