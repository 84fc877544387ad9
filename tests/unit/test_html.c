#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <dirent.h>

#include "gazetted/file.h"
#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "html_check.h"

#define BASE "https://example.org/dir/page"

static const char *
fixtures(void)
{
	const char *folder = getenv("GAZ_FIXTURES");

	return folder != NULL ? folder : GAZ_FIXTURES_DIR;
}

/* Clean, and hold the result to what is always promised. */
static unsigned
clean_as(struct gaz_str html, const struct gaz_html_options *opt,
    struct gaz_buf *out, const char *name)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf again;
	unsigned flags;

	gaz_buf_reset(out);
	flags = gaz_html_clean(html, opt, &a, out, NULL);
	const char *wrong = html_check(gaz_buf_str(out));
	if (wrong != NULL)
		fail_msg("%s: %s in %.2000s", name, wrong, out->p);
	gaz_buf_init(&again, GAZ_BUF_NO_MAX);
	if (gaz_html_clean(gaz_buf_str(out), opt, &a, &again, NULL) != 0)
		fail_msg("%s: flagged again", name);
	if (!gaz_str_eq(gaz_buf_str(&again), gaz_buf_str(out)))
		fail_msg("%s: not a fixed point:\n%.2000s\n%.2000s", name,
		    out->p, again.p);
	/* The text that comes with it is that of the result. */
	struct gaz_html_options with_text = *opt;
	struct gaz_buf text, want;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&want, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&text, "in front ");
	gaz_buf_put_z(&want, "in front ");
	with_text.text = &text;
	gaz_buf_reset(&again);
	(void)gaz_html_clean(html, &with_text, &a, &again, NULL);
	gaz_html_to_text(gaz_buf_str(out), true, &want);
	if (!gaz_str_eq(gaz_buf_str(&again), gaz_buf_str(out)) ||
	    !gaz_str_eq(gaz_buf_str(&text), gaz_buf_str(&want)))
		fail_msg("%s: text of its own:\n%.2000s\n%.2000s", name,
		    text.p, want.p);
	gaz_buf_clear(&text);
	gaz_buf_clear(&want);
	gaz_buf_clear(&again);
	gaz_arena_clear(&a);
	return flags;
}

static unsigned
clean(struct gaz_str html, struct gaz_buf *out, const char *name)
{
	const struct gaz_html_options opt = { .base = GAZ_STR(BASE) };

	return clean_as(html, &opt, out, name);
}

static const struct {
	const char *html, *want;
} cases[] = {
	{ "", "" },
	{ "plain & simple < 3 > 2 \"q\"", "plain &amp; simple &lt; 3 &gt; 2 \"q\"" },
	{ "a\r\nb\rc", "a\nb\nc" },
	{ "a\x01" "b\xef\xbf\xbf" "c&#1;d&#xFFFE;e", "abcde" },
	{ "&nbsp;&eacute;&#8217;&#x80;&bogus;&amp",
	    "\xc2\xa0\xc3\xa9\xe2\x80\x99\xe2\x82\xac&amp;bogus;&amp;" },
	{ "<P CLASS=x>a</P>", "<p>a</p>" },
	{ "a<!-- b -->c<?x?>d<!doctype html>e", "acde" },
	{ "<br><BR/></br><hr/><wbr>", "<br><br><br><hr><wbr>" },
	{ "<foo>a<b-c>b</b-c></foo>", "ab" },

	/* end tags that were left out, or are too many */
	{ "<p>a<p>b", "<p>a</p><p>b</p>" },
	{ "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
	    "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>" },
	{ "<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>" },
	{ "<p>a<div>b</div>c", "<p>a</p><div>b</div>c" },
	{ "<p><table><td>a</table>", "<p></p><table><tr><td>a</td></tr></table>" },
	{ "<h2>a<h3>b</h2>", "<h2>a</h2><h3>b</h3>" },
	{ "a</p></div></b></td>b", "ab" },
	{ "<div><p>a</div>b", "<div><p>a</p></div>b" },
	{ "<li><div><li>x", "<li><div></div></li><li>x</li>" },
	{ "<ruby>a<rp>(<rt>b<rp>)</ruby>",
	    "<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>" },
	{ "<ol><li>a</ol></li>b", "<ol><li>a</li></ol>b" },
	{ "<li><ul></li>x</ul>", "<li><ul>x</ul></li>" },

	/* formatting goes on where it was broken off */
	{ "<b>a<i>b</b>c</i>d", "<b>a<i>b</i></b><i>c</i>d" },
	{ "<p><b>a<p>b</b>c", "<p><b>a</b></p><p><b>b</b>c</p>" },
	{ "<div><em>a</div>b<p>c</em>d",
	    "<div><em>a</em></div><em>b</em><p><em>c</em>d</p>" },
	{ "<b>a<p>b</b>c</p>d", "<b>a<p>bc</p></b>d" },
	{ "<b>a</p><td>b", "<b>ab</b>" },
	{ "<span>a<p>b</span>c", "<span>a<p>bc</p></span>" },
	{ "<table><td><b>a<td>b</table>c",
	    "<table><tr><td><b>a</b></td><td>b</td></tr></table>c" },
	{ "<b><b><b><b>a</b></b></b></b>c", "<b><b><b>a</b></b></b>c" },

	/* links */
	{ "<a href=x>a<a href=y>b</a>c",
	    "<a href=\"https://example.org/dir/x\">a</a>"
	    "<a href=\"https://example.org/dir/y\">b</a>c" },
	{ "<a href=x><div>a<a href=y>b</a>c</div>d</a>e",
	    "<a href=\"https://example.org/dir/x\"><div>abc</div></a>de" },
	{ "<a href=/x title='a\"b'>a</a>",
	    "<a href=\"https://example.org/x\" title=\"a&quot;b\">a</a>" },
	{ "<a href='?a=1&amp;b=2&copy=3'>a</a>",
	    "<a href=\"https://example.org/dir/page?a=1&amp;b=2&amp;copy=3\">a</a>" },
	{ "<a href=mailto:a@b.example>a</a>", "<a href=\"mailto:a@b.example\">a</a>" },
	{ "<a href=ftp://x/>a</a><a href=tel:1>b</a>", "<a>a</a><a>b</a>" },
	{ "<a href=''>a</a><a name=x>b</a>", "<a>a</a><a>b</a>" },
	{ "<a href=x rel=me target=_blank ping=y>a</a>",
	    "<a href=\"https://example.org/dir/x\">a</a>" },

	/* tables */
	{ "<table><caption>a<tr><th>b<td>c<tr><td>d</table>",
	    "<table><caption>a</caption><tr><th>b</th><td>c</td></tr>"
	    "<tr><td>d</td></tr></table>" },
	{ "<table><thead><tr><th>a<tbody><tr><td>b<tfoot><td>c</table>",
	    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td>"
	    "</tr></tbody><tfoot><tr><td>c</td></tr></tfoot></table>" },
	{ "<table><colgroup span=2><col><col span=x></colgroup><tr><td>a</table>",
	    "<table><colgroup span=\"2\"><col><col></colgroup><tr><td>a</td>"
	    "</tr></table>" },
	{ "<table>a<tr>b<td>c</table>",
	    "<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>" },
	{ "<table><tr> <td>a</td> </tr> </table>",
	    "<table><tr> <td>a</td> </tr> </table>" },
	{ "<table><form><tr><td><input>a</form></table>",
	    "<table><tr><td>a</td></tr></table>" },
	{ "<table><tr><td><table><td>a</table>b</table>c",
	    "<table><tr><td><table><tr><td>a</td></tr></table>b</td></tr>"
	    "</table>c" },
	{ "<td>a<tr>b<col>", "ab" },
	{ "<table><td colspan=2 rowspan=-1 scope=row abbr=x>a<td colspan=99999>b</table>",
	    "<table><tr><td colspan=\"2\" rowspan=\"-1\" scope=\"row\" abbr=\"x\">a</td>"
	    "<td>b</td></tr></table>" },
	{ "<table><img src=x></table>",
	    "<table><tr><td><img src=\"https://example.org/dir/x\"></td></tr></table>" },

	/* what goes, with and without what it contains */
	{ "a<script>b</script>c<style>d</style>e", "ace" },
	{ "a<noscript>b<p>c</noscript>d", "ad" },
	{ "a<template><p>b</template>c<object><b>d</b></object>e", "ace" },
	{ "a<svg><title>b</title><text>c</text></svg>d", "ad" },
	{ "a<math><mi>x</mi><annotation>tex</annotation></math>", "ax" },
	{ "a<title>b</title>c", "ac" },
	{ "a<object>b<p>c", "ab<p>c</p>" },
	{ "a<noscript/>b<svg />c<script src=x />d", "abcd" },
	{ "a<script>b", "a" },
	{ "a<iframe src=x>b<b>c</b></iframe>d", "ab<b>c</b>d" },
	{ "<form>a<textarea>b</textarea><button>c</button></form>", "abc" },
	{ "<html><head><title>t</title><meta x><style>s</style></head><body>a</body></html>", "a" },
	{ "<xmp><b>a</b>&amp;</xmp>b", "<pre>&lt;b&gt;a&lt;/b&gt;&amp;amp;</pre>b" },
	{ "a<plaintext><b>b", "a<pre>&lt;b&gt;b</pre>" },
	{ "<center>a</center><strike>b</strike><tt>c</tt><dir><li>d</dir><acronym>e</acronym><font>f</font>",
	    "<div>a</div><s>b</s><code>c</code><ul><li>d</li></ul><abbr>e</abbr>f" },

	/* what never ends takes nothing with it but itself */
	{ "a<!-- -- b>c<script>d</script><!--e>f", "acf" },
	{ "a<!-- b", "a" },
	{ "a<b title=\"c>d</b>e", "a<b title=\"c\">d</b>e" },
	{ "a<b title='c>d<i title=\"e>f", "a<b title=\"c\">d<i title=\"e\">f</i></b>" },
	{ "a<b title='c", "a" },

	/* XHTML's empty elements */
	{ "<p/>a<b/>b<a href=x />c<td/>", "<p></p>a<b></b>b<a href=\"https://example.org/dir/x\"></a>c" },

	/* pictures and media */
	{ "<img src=a.png alt='x' width=10px height=50% border=0>",
	    "<img src=\"https://example.org/dir/a.png\" alt=\"x\" width=\"10\" height=\"50%\">" },
	{ "a<img src=x width=1 height=1>b<img src=x width=0 height=0>c", "abc" },
	{ "<img src=x height=1>", "<img src=\"https://example.org/dir/x\" height=\"1\">" },
	{ "a<img src=x style='display: none'>b", "ab" },
	{ "a<img src=x style='width:1px; height :1px'>b", "ab" },
	{ "<img src=x style='width:100px;max-height:1px'>", "<img src=\"https://example.org/dir/x\">" },
	{ "<img>", "<img>" },
	{ "<img src=mailto:a@b.example srcset='mailto:a@b.example 2x'>", "<img>" },
	{ "<video poster=mailto:a@b.example></video>", "<video></video>" },
	{ "<img src='javascript:x' alt=a>", "<img alt=\"a\">" },
	{ "<img src='data:image/png;base64,AAAA'>", "<img src=\"data:image/png;base64,AAAA\">" },
	{ "<img src='data:image/svg+xml;base64,AAAA'>", "<img>" },
	{ "<video src='data:image/png;base64,AAAA'></video>", "<video></video>" },
	{ "<img src='data:image/gif;base64,R0' data-src='/late.jpg'>", "<img src=\"https://example.org/late.jpg\">" },
	{ "<img src=/now.jpg data-src=/late.jpg>", "<img src=\"https://example.org/now.jpg\">" },
	{ "<img data-src=/a.jpg data-srcset='/b.jpg 2x'>",
	    "<img src=\"https://example.org/a.jpg\" srcset=\"https://example.org/b.jpg 2x\">" },
	{ "<img srcset='a.jpg, b.jpg 1.5x,c.jpg 640w , d.jpg 1q, javascript:x 2x'>",
	    "<img srcset=\"https://example.org/dir/a.jpg, https://example.org/dir/b.jpg 1.5x, "
	    "https://example.org/dir/c.jpg 640w\">" },
	{ "<picture><source srcset='a.webp' type=image/webp media='(x)'><img src=a.png></picture>",
	    "<picture><source srcset=\"https://example.org/dir/a.webp\" type=\"image/webp\" media=\"(x)\">"
	    "<img src=\"https://example.org/dir/a.png\"></picture>" },
	{ "a<source src=x>b", "ab" },
	{ "<video controls autoplay loop poster=p.jpg src=v.mp4 width=1 height=1>a</video>",
	    "<video controls=\"\" loop=\"\" poster=\"https://example.org/dir/p.jpg\" "
	    "src=\"https://example.org/dir/v.mp4\" width=\"1\" height=\"1\">a</video>" },
	{ "<image src=x>", "<img src=\"https://example.org/dir/x\">" },

	/* other attributes */
	{ "<p lang=de xml:lang=fr dir=RTL title='a&lt;b' id=x style=y onclick=z>a",
	    "<p lang=\"de\" dir=\"RTL\" title=\"a&lt;b\">a</p>" },
	{ "<p xml:lang=fr>a", "<p lang=\"fr\">a</p>" },
	{ "<p lang='a b'>a", "<p>a</p>" },
	{ "<p title=a title=b>a", "<p title=\"a\">a</p>" },
	{ "<ol start=3 reversed type=a><li value=4>a</ol>",
	    "<ol start=\"3\" reversed=\"\" type=\"a\"><li value=\"4\">a</li></ol>" },
	{ "<time datetime='2026-11-01'>a</time><blockquote cite=/b>c</blockquote>",
	    "<time datetime=\"2026-11-01\">a</time>"
	    "<blockquote cite=\"https://example.org/b\">c</blockquote>" },
	{ "<details open=open><summary>a</summary>b</details>",
	    "<details open=\"open\"><summary>a</summary>b</details>" },
	{ "<pre>\n\na</pre>", "<pre>\n\na</pre>" },
};

static void
test_clean(void **state)
{
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		unsigned flags = clean(gaz_str_of(cases[i].html), &out,
		    cases[i].html);
		if (flags != 0 ||
		    !gaz_str_eq_z(gaz_buf_str(&out), cases[i].want))
			fail_msg("%s: flags %u, got\n%s\nwant\n%s",
			    cases[i].html, flags, out.p, cases[i].want);
	}
	gaz_buf_clear(&out);
}

static const struct {
	const char *html, *want;
} decorated[] = {
	{ "<a href=http://x/ rel=tag>a</a><a>b</a>",
	    "<a href=\"http://x/\" rel=\"noopener noreferrer nofollow\">a</a><a>b</a>" },
	{ "<img src=http://x/ loading=eager>",
	    "<img src=\"http://x/\" loading=\"lazy\" referrerpolicy=\"no-referrer\">" },
	{ "<video src=http://x/></video><audio controls preload=auto></audio>",
	    "<video src=\"http://x/\" controls=\"\" preload=\"none\"></video>"
	    "<audio controls=\"\" preload=\"none\"></audio>" },
};

static void
test_decorate(void **state)
{
	const struct gaz_html_options opt = { .decorate = true };
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(decorated); i++) {
		(void)clean_as(gaz_str_of(decorated[i].html), &opt, &out,
		    decorated[i].html);
		if (!gaz_str_eq_z(gaz_buf_str(&out), decorated[i].want))
			fail_msg("%s: got %s", decorated[i].html, out.p);
	}
	gaz_buf_clear(&out);
}

static const struct {
	const char *html, *want;
} raws[] = {
	{ "<P Class=x onclick=y>a<!-- c --><script>b</script>",
	    "<P Class=x onclick=y>a<!-- c --><script>b</script>" },
	{ "<a href=x id=y>a</a>", "<a href=\"https://example.org/dir/x\" id=y>a</a>" },
	{ "<a title='q' href='/x' >a</a>", "<a title='q' href=\"https://example.org/x\" >a</a>" },
	{ "<a href='http://x/?a&amp;b'>a</a>", "<a href='http://x/?a&amp;b'>a</a>" },
	{ "<a href='?a&amp;b'>a</a>", "<a href=\"https://example.org/dir/page?a&amp;b\">a</a>" },
	{ "<a href='javascript:x' b>a</a>", "<a  b>a</a>" },
	{ "<a href='' b>a</a>", "<a href='' b>a</a>" },
	{ "<img srcset='a 1x'><object data=x></object>",
	    "<img srcset=\"https://example.org/dir/a 1x\">"
	    "<object data=\"https://example.org/dir/x\"></object>" },
	{ "<script>'<a href=x>'</script><a href=x",
	    "<script>'<a href=x>'</script><a href=x" },
	{ "<iframe src=//x/></iframe>", "<iframe src=\"https://x/\"></iframe>" },
};

static void
test_raw(void **state)
{
	const struct gaz_html_options opt = { .base = GAZ_STR(BASE),
		.raw = true };
	struct gaz_arena a = { 0 };
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(raws); i++) {
		gaz_buf_reset(&out);
		assert_int_equal(gaz_html_clean(gaz_str_of(raws[i].html), &opt,
		    &a, &out, NULL), 0);
		if (!gaz_str_eq_z(gaz_buf_str(&out), raws[i].want))
			fail_msg("%s: got %s", raws[i].html, out.p);
	}
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
}

static const struct {
	const char *html, *image;
	bool raw;
} images[] = {
	{ "<p>a", NULL, false },
	{ "<img src=a.png><img src=b.png>", "https://example.org/dir/a.png", false },
	{ "<img src=a.png><img src=b.png>", "https://example.org/dir/a.png", true },
	{ "<img width=1 height=1 src=a.png><img src=b.png>",
	    "https://example.org/dir/b.png", false },
	{ "<img width=1 height=1 src=a.png><img src=b.png>",
	    "https://example.org/dir/b.png", true },
	{ "<img src='data:image/png;base64,AA'><img src=b.png>",
	    "https://example.org/dir/b.png", false },
	{ "<img data-src=a.png>", "https://example.org/dir/a.png", false },
};

static void
test_first_image(void **state)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(images); i++) {
		const struct gaz_html_options opt = { .base = GAZ_STR(BASE),
			.raw = images[i].raw };
		struct gaz_str got = GAZ_STR("x");
		gaz_buf_reset(&out);
		(void)gaz_html_clean(gaz_str_of(images[i].html), &opt, &a,
		    &out, &got);
		if (images[i].image == NULL ? got.p != NULL
		                            : !gaz_str_eq_z(got, images[i].image))
			fail_msg("%s: got %.*s", images[i].html,
			    GAZ_STR_ARG(got));
	}
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
}

/* Limits */

static void
repeat(struct gaz_buf *b, const char *what, size_t times)
{
	for (size_t i = 0; i < times; i++)
		gaz_buf_put_z(b, what);
}

static size_t
count(struct gaz_str s, const char *what)
{
	size_t n = 0, at = 0;

	while ((at = gaz_str_find(s, gaz_str_of(what), at)) != GAZ_STR_NPOS) {
		at++;
		n++;
	}
	return n;
}

static const struct {
	const char *name;
	const char *open, *text, *close; /* open and close n times */
	size_t n;
	const char *element;
	size_t written;
	unsigned flags;
} depths[] = {
	{ "as deep as is written", "<div>", "x", "</div>", GAZ_HTML_DEPTH_MAX,
	    "<div>", GAZ_HTML_DEPTH_MAX, 0 },
	{ "deeper than is written", "<div>", "x", "</div>",
	    GAZ_HTML_DEPTH_MAX + 1, "<div>", GAZ_HTML_DEPTH_MAX,
	    GAZ_HTML_TOO_DEEP },
	{ "as deep as is remembered", "<div>", "x", "", GAZ_HTML_OPEN_MAX,
	    "<div>", GAZ_HTML_DEPTH_MAX, GAZ_HTML_TOO_DEEP },
	{ "deeper than is remembered", "<div>", "x", "", GAZ_HTML_OPEN_MAX + 1,
	    "<div>", 0, GAZ_HTML_TOO_DEEP },
	{ "50 000 div", "<div>", "x", "", 50000, "<div>", 0,
	    GAZ_HTML_TOO_DEEP },
	{ "24 000 links", "<a href=x>", "x", "", 24000, "<a ", 24000, 0 },
	{ "24 000 b", "<b>", "x", "", 24000, "<b>", 3,
	    GAZ_HTML_TOO_DEEP },
	{ "60 b", "<b>", "x", "", 60, "<b>", 3, 0 },
	{ "24 000 span", "<span>", "x", "", 24000, "<span>", 0,
	    GAZ_HTML_TOO_DEEP },
	{ "20 000 span open, 20 000 unmatched end tags", "<span>", "x",
	    "</div>", 20000, "<span>", 0, GAZ_HTML_TOO_DEEP },
	{ "20 000 end tags of nothing", "", "x", "</div>", 20000, "<", 0, 0 },
	{ "tables in tables", "<table><td>", "x", "</table>", 40, "<table>",
	    GAZ_HTML_DEPTH_MAX / 3, GAZ_HTML_TOO_DEEP },
	{ "50 000 table", "<table>", "x", "", 50000, "<table>", 50000, 0 },
};

static void
test_depth(void **state)
{
	struct gaz_buf in, out;

	(void)state;
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(depths); i++) {
		gaz_buf_reset(&in);
		repeat(&in, depths[i].open, depths[i].n);
		gaz_buf_put_z(&in, depths[i].text);
		repeat(&in, depths[i].close, depths[i].n);
		unsigned flags = clean(gaz_buf_str(&in), &out,
		    depths[i].name);
		size_t n = count(gaz_buf_str(&out), depths[i].element);
		if (depths[i].written == 0 &&
		    (depths[i].flags & GAZ_HTML_TOO_DEEP) != 0)
			assert_string_equal(out.p, "<p>x</p>");
		else if (n != depths[i].written)
			fail_msg("%s: %zu written", depths[i].name, n);
		if (flags != depths[i].flags)
			fail_msg("%s: flags %u", depths[i].name, flags);
		assert_int_equal(count(gaz_buf_str(&out), "x<") +
		    gaz_str_ends(gaz_buf_str(&out), "x"), 1);
	}
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
}

static void
test_attributes(void **state)
{
	static const size_t numbers[] = { GAZ_HTML_ATTRIBUTES_MAX,
		GAZ_HTML_ATTRIBUTES_MAX + 1, 50000 };
	struct gaz_buf in, out;

	(void)state;
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(numbers); i++) {
		bool many = numbers[i] > GAZ_HTML_ATTRIBUTES_MAX;
		gaz_buf_reset(&in);
		gaz_buf_put_z(&in, "<h2>a</h2><i ");
		for (size_t j = 0; j < numbers[i]; j++)
			gaz_buf_put_fmt(&in, "a%zu ", j);
		gaz_buf_put_z(&in, ">b</i><br>c");
		assert_int_equal(clean(gaz_buf_str(&in), &out, "attributes"),
		    many ? GAZ_HTML_TOO_MANY_ATTRIBUTES : 0);
		assert_string_equal(out.p, many
		    ? "<p>a</p><p>b</p><p>c</p>"
		    : "<h2>a</h2><i>b</i><br>c");
	}
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
}

/* GAZ_FIELD_MAX is the most that is written, at whatever it is reached. */
static void
test_length(void **state)
{
	struct gaz_buf in, out;

	(void)state;
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	repeat(&in, "0123456789abcde\n", GAZ_FIELD_MAX / 16);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "fits"), 0);
	assert_int_equal(out.len, GAZ_FIELD_MAX);
	gaz_buf_put_char(&in, 'x');
	assert_int_equal(clean(gaz_buf_str(&in), &out, "one byte more"),
	    GAZ_HTML_CUT);
	assert_true(out.len > GAZ_FIELD_MAX - 2048);

	/* not where text cannot stand */
	gaz_buf_reset(&in);
	gaz_buf_put_z(&in, "a<table>");
	repeat(&in, "0123456789abcde\n", GAZ_FIELD_MAX / 16);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "in a table"),
	    GAZ_HTML_CUT);
	assert_string_equal(out.p, "a<table></table>");

	/* 19 bytes each: whole paragraphs only */
	gaz_buf_reset(&in);
	repeat(&in, "<p>twelve bytes</p>", GAZ_FIELD_MAX / 19);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "paragraphs"), 0);
	assert_int_equal(out.len, GAZ_FIELD_MAX / 19 * 19);
	repeat(&in, "<p>twelve bytes</p>", 1);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "too many"),
	    GAZ_HTML_CUT);
	assert_true(gaz_str_ends(gaz_buf_str(&out), "</p>"));
	assert_true(out.len > GAZ_FIELD_MAX - 38);

	/* grows while it is written */
	gaz_buf_reset(&in);
	repeat(&in, "<a title='&&&&&&&&&&'>&&&&<", GAZ_FIELD_MAX / 64);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "growing"),
	    GAZ_HTML_CUT);
	assert_true(out.len > GAZ_FIELD_MAX - 512);

	/* a tag that takes all of it along */
	gaz_buf_reset(&in);
	gaz_buf_put_z(&in, "a<xmp>");
	repeat(&in, "<<<<", GAZ_FIELD_MAX / 16);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "xmp"), GAZ_HTML_CUT);
	assert_string_equal(out.p, "a");

	/* text only, and still too long */
	gaz_buf_reset(&in);
	repeat(&in, "<span>some text<br>", GAZ_FIELD_MAX / 12);
	assert_int_equal(clean(gaz_buf_str(&in), &out, "text"),
	    GAZ_HTML_CUT | GAZ_HTML_TOO_DEEP);
	assert_true(out.len > GAZ_FIELD_MAX - 64);
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
}

/* The attempts of a file */

static size_t
hex2(const char *p)
{
	return (size_t)(gaz_hex_value(p[0]) * 16 + gaz_hex_value(p[1]));
}

static void
unescape(struct gaz_str line, struct gaz_buf *out)
{
	for (size_t i = 0; i < line.len; i++) {
		char c = line.p[i];
		if (c != '\\' || i + 1 == line.len) {
			gaz_buf_put_char(out, c);
			continue;
		}
		switch (line.p[++i]) {
		case 'n':
			gaz_buf_put_char(out, '\n');
			break;
		case 't':
			gaz_buf_put_char(out, '\t');
			break;
		case 'r':
			gaz_buf_put_char(out, '\r');
			break;
		case '0':
			gaz_buf_put_char(out, '\0');
			break;
		case 'x':
			if (line.len - i > 2 &&
			    gaz_hex_value(line.p[i + 1]) >= 0 &&
			    gaz_hex_value(line.p[i + 2]) >= 0) {
				gaz_buf_put_char(out,
				    (char)hex2(line.p + i + 1));
				i += 2;
				break;
			}
			__attribute__((fallthrough));
		default:
			gaz_buf_put_char(out, c);
			gaz_buf_put_char(out, line.p[i]);
			break;
		}
	}
}

static void
load(const char *name, struct gaz_buf *out)
{
	char path[1024];
	struct gaz_err err;

	snprintf(path, sizeof(path), "%s/html/%s", fixtures(), name);
	if (!gaz_file_load(path, out, &err))
		fail_msg("%s", err.msg);
}

static void
test_attempts(void **state)
{
	const struct gaz_html_options opts[] = {
		{ .base = GAZ_STR(BASE) },
		{ .base = GAZ_STR_NONE },
		{ .base = GAZ_STR(BASE), .decorate = true },
	};
	struct gaz_buf file, in, out, text;
	struct gaz_str rest, line;
	size_t n = 0;

	(void)state;
	gaz_buf_init(&file, 1 << 20);
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	load("xss.txt", &file);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.p[0] == '#')
			continue;
		n++;
		gaz_buf_reset(&text);
		unescape(line, &text);
		gaz_buf_reset(&in);
		/* The decoder has been there before the cleaner. */
		for (size_t pos = 0; pos < text.len;)
			gaz_buf_put_utf8(&in,
			    gaz_utf8_next(gaz_buf_str(&text), &pos));
		gaz_buf_put_char(&in, '\0');
		for (size_t i = 0; i < GAZ_COUNT(opts); i++)
			(void)clean_as(gaz_str_make(in.p, in.len - 1),
			    &opts[i], &out, in.p);
		gaz_buf_reset(&out);
		gaz_html_to_text(gaz_buf_str(&in), true, &out);
		assert_true(gaz_utf8_is_valid(gaz_buf_str(&out)));
	}
	assert_true(n >= 800);
	gaz_buf_clear(&file);
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
	gaz_buf_clear(&text);
}

/* Articles with all their faults: NAME.html and NAME.want. */
static void
test_articles(void **state)
{
	char path[1024], name[256];
	const struct dirent *entry;
	struct gaz_buf in, out, want;
	size_t n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/html", fixtures());
	DIR *dir = opendir(path);
	assert_non_null(dir);
	gaz_buf_init(&in, 1 << 20);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_init(&want, 1 << 20);
	while ((entry = readdir(dir)) != NULL) {
		struct gaz_str file = gaz_str_of(entry->d_name);
		if (!gaz_str_ends(file, ".html"))
			continue;
		gaz_buf_reset(&in);
		gaz_buf_reset(&want);
		load(entry->d_name, &in);
		snprintf(name, sizeof(name), "%.*s.want", (int)file.len - 5,
		    file.p);
		load(name, &want);
		(void)clean(gaz_buf_str(&in), &out, entry->d_name);
		if (!gaz_str_eq(gaz_buf_str(&out), gaz_buf_str(&want)))
			fail_msg("%s: got\n%s", entry->d_name, out.p);
		n++;
	}
	closedir(dir);
	assert_true(n >= 8);
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
	gaz_buf_clear(&want);
}

/* Tags in any order, the same at every run. */

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static const char *const scraps[] = { "x", " ", "\n", "text ", "&amp;", "<",
	"&lt;b>", "\xc3\xa9", "<!-- c -->", "</>", "&nbsp;", "<?x>", "\r\n" };
static const char *const tags[] = { "a", "a", "b", "i", "code", "small", "p",
	"p", "div", "span", "ul", "ol", "li", "li", "dl", "dt", "dd", "h1",
	"h2", "table", "table", "caption", "colgroup", "col", "thead", "tbody",
	"tr", "tr", "td", "td", "th", "br", "hr", "img", "blockquote", "pre",
	"figure", "details", "summary", "ruby", "rt", "rp", "video", "source",
	"picture", "section", "center", "tt", "font", "form", "select",
	"option", "svg", "math", "script", "style", "title", "textarea",
	"iframe", "noscript", "template", "object", "xmp", "body" };
static const char *const extras[] = { "", "", "", "", " href=x", " src=/y",
	" title='a\"<'", " onclick=z", " /", " colspan=2", " lang=de" };

static void
put_random(struct gaz_buf *out, uint32_t *state)
{
	uint32_t n = 1 + next_random(state) % 60;

	/* Few different tags make for deeper trouble. */
	uint32_t first = next_random(state) % GAZ_COUNT(tags);
	uint32_t range = 1 + next_random(state) % 16;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t r = next_random(state) % 100;
		const char *tag = tags[(first + next_random(state) % range *
		    7) % GAZ_COUNT(tags)];
		if (r < 45)
			gaz_buf_put_fmt(out, "<%s%s>", tag,
			    extras[next_random(state) % GAZ_COUNT(extras)]);
		else if (r < 75)
			gaz_buf_put_fmt(out, "</%s>", tag);
		else
			gaz_buf_put_z(out, scraps[next_random(state) %
			    GAZ_COUNT(scraps)]);
	}
}

static void
test_random(void **state)
{
	struct gaz_buf in, out;
	uint32_t seed = 20261123;

	(void)state;
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (int i = 0; i < 20000; i++) {
		gaz_buf_reset(&in);
		put_random(&in, &seed);
		(void)clean(gaz_buf_str(&in), &out, in.p);
	}
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
}

/* Text */

static const struct {
	const char *html, *line, *block;
} texts[] = {
	{ "", "", "" },
	{ " a \n b ", "a b", "a b" },
	{ "<b>a</b>b <i> c</i>", "ab c", "ab c" },
	{ "<p>a</p><p>b</p>", "a b", "a\nb" },
	{ "a<br>b<hr/>c", "a b c", "a\nb\nc" },
	{ "<ul><li>a<li>b</ul>c", "a b c", "a\nb\nc" },
	{ "<table><tr><td>a<td>b<tr><td>c</table>", "a b c", "a b\nc" },
	{ "a&amp;b&nbsp;c&#1;", "a&b\xc2\xa0" "c", "a&b\xc2\xa0" "c" },
	{ "a<script>b</script>c<style>d</style><!-- e -->f", "acf", "acf" },
	{ "a<svg>b</svg><title>c</title>d", "ad", "ad" },
	{ "a<object>b", "ab", "ab" },
	{ "<pre>a\n  b\n</pre>c", "a b c", "a\nb\nc" },
	{ "1 < 2 <3", "1 < 2 <3", "1 < 2 <3" },
	{ "&lt;b&gt;", "<b>", "<b>" },
	{ "<img alt=x>a", "a", "a" },
	{ "a<b", "a", "a" },
};

static void
test_to_text(void **state)
{
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		struct gaz_str html = gaz_str_of(texts[i].html);
		gaz_buf_reset(&out);
		gaz_html_to_text(html, false, &out);
		if (!gaz_str_eq_z(gaz_buf_str(&out), texts[i].line))
			fail_msg("%s: got %s", texts[i].html, out.p);
		gaz_buf_reset(&out);
		gaz_html_to_text(html, true, &out);
		if (!gaz_str_eq_z(gaz_buf_str(&out), texts[i].block))
			fail_msg("%s: in blocks %s", texts[i].html, out.p);
	}
	gaz_buf_clear(&out);
}

static const struct {
	const char *text;
	bool want;
} markups[] = {
	{ "", false },
	{ "plain", false },
	{ "a < b > c", false },
	{ "AT&T, R&D; Q&A", false },
	{ "a &", false },
	{ "<3", false },
	{ "a <b", false },
	{ "x <y z", false },
	{ "http://x/?a=1&copy=2", false },
	{ "<b>a</b>", true },
	{ "a</b>", true },
	{ "a<br/>b", true },
	{ "a <!-- b -->", true },
	{ "a &amp; b", true },
	{ "a &nbsp b", true },
	{ "a &#8217; b", true },
	{ "a &#x2019 b", true },
};

static void
test_has_markup(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(markups); i++) {
		if (gaz_html_has_markup(gaz_str_of(markups[i].text)) !=
		    markups[i].want)
			fail_msg("%s", markups[i].text);
	}
}

static const struct {
	const char *name, *text;
} names[] = {
	{ "nbsp", "\xc2\xa0" },
	{ "eacute", "\xc3\xa9" },
	{ "Eacute", "\xc3\x89" },
	{ "amp", "&" },
	{ "hellip", "\xe2\x80\xa6" },
	{ "NotEqualTilde", "\xe2\x89\x82\xcc\xb8" },
	{ "CounterClockwiseContourIntegral", "\xe2\x88\xb3" },
	{ "bogus", NULL },
	{ "nbs", NULL },
	{ "nbsp;", NULL },
	{ "", NULL },
	{ "CounterClockwiseContourIntegralx", NULL },
};

static void
test_named_ref(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		struct gaz_str got = gaz_html_named_ref(
		    gaz_str_of(names[i].name));
		if (names[i].text == NULL ? got.p != NULL
		                          : !gaz_str_eq_z(got, names[i].text))
			fail_msg("%s: got %.*s", names[i].name,
			    GAZ_STR_ARG(got));
	}
}

static void
test_decode_refs(void **state)
{
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_html_decode_refs(GAZ_STR("a&lt;b&gt;&amp;amp;&#x41;&#0;&#1;&x&ltc&"),
	    &out);
	assert_string_equal(out.p, "a<b>&amp;A\xef\xbf\xbd&x<c&");
	gaz_buf_clear(&out);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_decorate),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_first_image),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_articles),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_to_text),
		cmocka_unit_test(test_has_markup),
		cmocka_unit_test(test_named_ref),
		cmocka_unit_test(test_decode_refs),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
