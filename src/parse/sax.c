/*
 * The strict reader: libxml2's push parser with callbacks of ours. It never
 * loads anything, never replaces an entity by itself and never builds a tree.
 * Entities of HTML, which real feeds use without declaring them, are looked up
 * by gaz_xml_entity_get; a declaration that is not harmless ends the reading.
 *
 * Most of a feed is long text, between tags or in CDATA, at which the parser
 * looks several times, character by character. Where it says that it stands in
 * front of such a text, with nothing left to read, and the text has nothing in
 * it that would be an error, the text goes to the sink directly and the parser
 * goes on behind it.
 */
#include "config.h"

#include "parse/xml.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "parse/skim.h"

/* Not smaller: the parser looks through all that waits at each. */
#define CHUNK (1u << 20)
/* Bytes of different names and namespaces. No feed has nearly so many, and
 * the parser's table of them becomes slow. */
#define NAMES_MAX (1u << 17)
/* Bytes of "line 2147483647:2147483647: ". */
#define WHERE_MAX 29

struct reader {
	const struct gaz_xml_sink *sink;
	struct gaz_arena *a;
	struct gaz_xml_result *res;
	xmlParserCtxtPtr ctxt;
	struct gaz_xml_entities entities;
	/* libxml2's own form of entities: for text and for attributes, where
	 * it handles them in different ways. */
	xmlDocPtr in_text, in_attribute;
	struct gaz_xml_attr *attrs;
	size_t attrs_cap;
	struct gaz_buf values;
	size_t depth, externals;
	bool stopped;
	bool no_bypass; /* the parser is not where it was thought to be */
	bool bypassed;
};

static struct gaz_str
str_of(const xmlChar *s)
{
	return gaz_str_of((const char *)s);
}

static void
refuse(struct reader *r, enum gaz_fault fault)
{
	if (r->stopped)
		return;
	r->stopped = true;
	r->res->fault = fault;
	xmlStopParser(r->ctxt);
}

/* ----- entities ----- */

static xmlDocPtr
new_entities(void)
{
	xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");

	if (doc == NULL ||
	    xmlCreateIntSubset(doc, (const xmlChar *)"x", NULL, NULL) == NULL)
		gaz_mem_die(0);
	return doc;
}

static xmlEntityPtr
get_entity(void *arg, const xmlChar *name)
{
	struct reader *r = arg;
	bool in_attribute = r->ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE;
	xmlDocPtr doc = in_attribute ? r->in_attribute : r->in_text;
	bool over = false;
	struct gaz_str value =
	    gaz_xml_entity_get(&r->entities, str_of(name), &over);

	if (over)
		refuse(r, GAZ_FAULT_XML_ENTITIES);
	if (value.p == NULL || over)
		return NULL;
	xmlEntityPtr e = xmlGetDocEntity(doc, name);

	if (e != NULL)
		return e;
	/* In an attribute the reference is left for put_value: any content
	 * does. In text, the type makes the content go to the sink as it is. */
	e = xmlAddDocEntity(doc, name, XML_INTERNAL_GENERAL_ENTITY, NULL, NULL,
	    (const xmlChar *)(in_attribute ? "" : gaz_arena_z(r->a, value)));
	if (e == NULL)
		gaz_mem_die(0);
	if (!in_attribute)
		e->etype = XML_INTERNAL_PREDEFINED_ENTITY;
	return e;
}

static void
entity_decl(void *arg, const xmlChar *name, int type, const xmlChar *public_id,
    const xmlChar *system_id, xmlChar *content)
{
	struct reader *r = arg;

	if (r->stopped)
		return;
	/* Old feeds point to the entities of HTML so. Nothing is fetched, and
	 * what is in there is known. */
	if (type == XML_EXTERNAL_PARAMETER_ENTITY &&
	    ++r->externals <= GAZ_XML_ENTITIES_MAX) {
		xmlAddDocEntity(r->in_text, name, type, public_id, system_id,
		    NULL);
		return;
	}
	if (type != XML_INTERNAL_GENERAL_ENTITY || system_id != NULL ||
	    content == NULL ||
	    !gaz_xml_entity_put(&r->entities, r->a, str_of(name),
		str_of(content)))
		refuse(r, GAZ_FAULT_XML_ENTITIES);
}

/* Known, so that a reference is no error; the parser then leaves it alone. */
static xmlEntityPtr
get_parameter_entity(void *arg, const xmlChar *name)
{
	const struct reader *r = arg;

	return xmlGetParameterEntity(r->in_text, name);
}

static void
unparsed_entity_decl(void *arg, const xmlChar *name, const xmlChar *public_id,
    const xmlChar *system_id, const xmlChar *notation)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	(void)notation;
	refuse(arg, GAZ_FAULT_XML_ENTITIES);
}

static xmlParserInputPtr
resolve_entity(void *arg, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)arg;
	(void)public_id;
	(void)system_id;
	return NULL;
}

/* ----- elements and text ----- */

/*
 * In the value of an attribute the parser leaves "&#38;" for an ampersand and
 * "&name;" for every entity but its own four.
 */
static void
put_value(struct reader *r, struct gaz_str s)
{
	for (size_t i = 0; i < s.len;) {
		size_t amp = gaz_str_find_char(s, '&', i);
		size_t end = amp == GAZ_STR_NPOS ? amp :
		    gaz_str_find_char(s, ';', amp);

		if (end == GAZ_STR_NPOS) {
			gaz_buf_put(&r->values, s.p + i, s.len - i);
			return;
		}
		gaz_buf_put(&r->values, s.p + i, amp - i);
		struct gaz_str name = gaz_str_sub(s, amp + 1, end);
		bool over = false;
		struct gaz_str text = gaz_str_eq_z(name, "#38") ?
		    GAZ_STR("&") :
		    gaz_xml_entity_get(&r->entities, name, &over);

		if (text.p == NULL)
			text = gaz_str_sub(s, amp, end + 1);
		if (over)
			refuse(r, GAZ_FAULT_XML_ENTITIES);
		gaz_buf_put_str(&r->values, text);
		i = end + 1;
	}
}

static void
start_element(void *arg, const xmlChar *local, const xmlChar *prefix,
    const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
    int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	struct reader *r = arg;
	struct gaz_xml_name name = { str_of(prefix), str_of(local),
		str_of(uri) };
	size_t n = (size_t)n_attributes;
	enum gaz_fault fault;

	(void)n_namespaces;
	(void)namespaces;
	(void)n_defaulted;
	if (r->stopped)
		return;
	if (++r->depth > GAZ_XML_DEPTH_MAX) {
		refuse(r, GAZ_FAULT_TOO_DEEP);
		return;
	}
	if (n > GAZ_XML_ATTRIBUTES_MAX) {
		refuse(r, GAZ_FAULT_TOO_MANY_ATTRIBUTES);
		return;
	}
	if (n > r->attrs_cap) {
		r->attrs = gaz_mem_grow(r->attrs, n, sizeof(r->attrs[0]));
		r->attrs_cap = n;
	}
	gaz_buf_reset(&r->values);
	for (size_t i = 0; i < n; i++) {
		const xmlChar **at = attributes + 5 * i;
		const char *value = (const char *)at[3];
		size_t len = (size_t)(at[4] - at[3]), from = r->values.len;

		/* The buffer may move: pointers into it are set below. */
		if (memchr(value, '&', len) != NULL) {
			put_value(r, gaz_str_make(value, len));
			value = NULL;
			len = r->values.len - from;
		}
		r->attrs[i] = (struct gaz_xml_attr){
			{ str_of(at[1]), str_of(at[0]), str_of(at[2]) },
			{ value, len } };
	}
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		if (r->attrs[i].value.p == NULL) {
			r->attrs[i].value.p = gaz_buf_str(&r->values).p + used;
			used += r->attrs[i].value.len;
		}
	}
	if (r->stopped)
		return;
	fault = r->sink->start(r->sink->arg, &name, r->attrs, n);
	if (fault != GAZ_FAULT_NONE)
		refuse(r, fault);
}

static void
end_element(void *arg, const xmlChar *local, const xmlChar *prefix,
    const xmlChar *uri)
{
	struct reader *r = arg;

	(void)local;
	(void)prefix;
	(void)uri;
	if (r->stopped)
		return;
	r->depth--;
	r->sink->end(r->sink->arg, false);
}

static void
characters(void *arg, const xmlChar *s, int len)
{
	struct reader *r = arg;

	if (!r->stopped && r->depth > 0)
		r->sink->text(r->sink->arg,
		    gaz_str_make((const char *)s, (size_t)len));
}

/* An entity nobody knows, in a document whose DTD we did not read. */
static void
reference(void *arg, const xmlChar *name)
{
	struct reader *r = arg;
	struct gaz_str n = str_of(name);

	if (r->stopped || r->depth == 0)
		return;
	r->sink->text(r->sink->arg, GAZ_STR("&"));
	r->sink->text(r->sink->arg, n);
	r->sink->text(r->sink->arg, GAZ_STR(";"));
}

static void
note_error(void *arg, xmlErrorPtr error)
{
	struct reader *r = arg;
	/* The table of names has a limit, whose message would mislead. */
	struct gaz_str msg = error->code == XML_ERR_NO_MEMORY ?
	    GAZ_STR("too many different names") :
	    gaz_str_trim(gaz_str_of(error->message));
	struct gaz_buf valid;

	if (r->stopped || error->level < XML_ERR_ERROR ||
	    r->res->msg[0] != '\0')
		return;
	/* The parser cuts what it quotes from the document anywhere: also in
	 * the middle of a character. */
	gaz_buf_init(&valid, sizeof(r->res->msg) - 1 - WHERE_MAX);
	for (size_t pos = 0; pos < msg.len;) {
		uint32_t c = gaz_utf8_next(msg, &pos);

		gaz_buf_put_utf8(&valid, c < 0x20 ? ' ' : c);
	}
	snprintf(r->res->msg, sizeof(r->res->msg), "line %d:%d: %.*s",
	    error->line, error->int2, GAZ_STR_ARG(gaz_buf_str(&valid)));
	gaz_buf_clear(&valid);
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.getEntity = get_entity,
	.getParameterEntity = get_parameter_entity,
	.entityDecl = entity_decl,
	.unparsedEntityDecl = unparsed_entity_decl,
	.resolveEntity = resolve_entity,
	.startElementNs = start_element,
	.endElementNs = end_element,
	.characters = characters,
	.ignorableWhitespace = characters,
	.reference = reference,
	.serror = note_error,
};

/* Well-formed so far, and not stopped by a limit of the parser. */
static bool
is_going(const struct reader *r)
{
	return !r->stopped && r->ctxt->wellFormed && !r->ctxt->disableSAX;
}

static void
feed(struct reader *r, struct gaz_str s)
{
	while (s.len > 0 && is_going(r)) {
		size_t n = s.len < CHUNK ? s.len : CHUNK;

		xmlParseChunk(r->ctxt, s.p, (int)n, 0);
		s = gaz_str_sub(s, n, s.len);
	}
}

/* ----- past the parser ----- */

/* The parser has read all it got, and waits in that state. */
static bool
waits_in(struct reader *r, xmlParserInputState state)
{
	if (!is_going(r))
		return false;
	if (r->ctxt->instate != state || r->depth == 0 ||
	    r->ctxt->input->cur != r->ctxt->input->end)
		r->no_bypass = true;
	return !r->no_bypass;
}

/* A text to the sink; what is in front of it, from *fed on, to the parser. */
static void
bypass(struct reader *r, struct gaz_skim *skim, size_t *fed)
{
	feed(r, gaz_str_sub(skim->doc, *fed, skim->from));
	*fed = skim->from;
	if (!waits_in(r, skim->cdata ? XML_PARSER_CDATA_SECTION :
	    XML_PARSER_CONTENT))
		return;
	gaz_skim_put(skim, r->sink->text, r->sink->arg);
	r->bypassed = true;
	*fed = skim->to;
}

static void
read_document(struct reader *r, struct gaz_str doc)
{
	struct gaz_skim skim;
	size_t fed = 0;

	gaz_skim_init(&skim, doc);
	/* References may mean anything where entities are declared. */
	while (is_going(r) && !r->no_bypass && r->entities.values == NULL &&
	    gaz_skim_next(&skim))
		bypass(r, &skim, &fed);
	gaz_skim_clear(&skim);
	feed(r, gaz_str_sub(doc, fed, doc.len));
	if (is_going(r))
		xmlParseChunk(r->ctxt, "", 0, 1);
}

static enum gaz_xml_verdict
read_strict(struct gaz_str doc, const struct gaz_xml_sink *sink,
    struct gaz_arena *a, struct gaz_xml_result *res, bool *bypassed)
{
	struct reader r = { .sink = sink, .a = a, .res = res,
		.no_bypass = bypassed == NULL };
	xmlSAXHandler sax = handler;
	enum gaz_xml_verdict verdict = GAZ_XML_OK;

	*res = (struct gaz_xml_result){ .fault = GAZ_FAULT_NONE };
	gaz_buf_init(&r.values, GAZ_BUF_NO_MAX);
	r.in_text = new_entities();
	r.in_attribute = new_entities();
	r.ctxt = xmlCreatePushParserCtxt(&sax, &r, NULL, 0, NULL);
	if (r.ctxt == NULL)
		gaz_mem_die(0);
	/* The text is UTF-8 by now, whatever its declaration says. */
	xmlCtxtUseOptions(r.ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	xmlSwitchEncoding(r.ctxt, XML_CHAR_ENCODING_UTF8);
	xmlDictSetLimit(r.ctxt->dict, NAMES_MAX);
	read_document(&r, doc);
	res->ns_well_formed = r.ctxt->nsWellFormed == 1;
	if (r.stopped)
		verdict = GAZ_XML_REFUSED;
	else if (!is_going(&r))
		verdict = GAZ_XML_BROKEN;
	if (verdict == GAZ_XML_BROKEN && res->msg[0] == '\0')
		snprintf(res->msg, sizeof(res->msg), "too many names");
	/* Some declarations make the parser keep a document after all. */
	xmlFreeDoc(r.ctxt->myDoc);
	xmlFreeParserCtxt(r.ctxt);
	xmlFreeDoc(r.in_text);
	xmlFreeDoc(r.in_attribute);
	gaz_xml_entities_clear(&r.entities);
	gaz_buf_clear(&r.values);
	free(r.attrs);
	if (bypassed != NULL)
		*bypassed = r.bypassed;
	return verdict;
}

static enum gaz_fault
ignore_start(void *arg, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	(void)arg;
	(void)name;
	(void)attrs;
	(void)n;
	return GAZ_FAULT_NONE;
}

static void
ignore_text(void *arg, struct gaz_str s)
{
	(void)arg;
	(void)s;
}

static void
ignore_end(void *arg, bool implied)
{
	(void)arg;
	(void)implied;
}

enum gaz_xml_verdict
gaz_xml_read_strict(struct gaz_str doc, const struct gaz_xml_sink *sink,
    struct gaz_arena *a, struct gaz_xml_result *res)
{
	static const struct gaz_xml_sink nobody = { .start = ignore_start,
		.text = ignore_text, .end = ignore_end };
	bool bypassed;
	enum gaz_xml_verdict verdict = read_strict(doc, sink, a, res,
	    &bypassed);

	/* Where an error is, only a parser can tell that saw everything. */
	if (bypassed && verdict != GAZ_XML_REFUSED && res->msg[0] != '\0') {
		struct gaz_xml_result again;

		(void)read_strict(doc, &nobody, a, &again, NULL);
		if (again.msg[0] != '\0')
			memcpy(res->msg, again.msg, sizeof(res->msg));
	}
	return verdict;
}
