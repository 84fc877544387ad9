# data/entities.tsv to C: one row a name, in the order of the file (by byte).
BEGIN {
	FS = "\t"
	digits = "0123456789ABCDEF"
	print "/* Made from data/entities.tsv. */"
	print "static const struct named_ref named_refs[] = {"
}

function value(hex,    i, n) {
	n = 0
	for (i = 1; i <= length(hex); i++)
		n = n * 16 + index(digits, substr(hex, i, 1)) - 1
	return n
}

function byte(n) {
	bytes++
	return sprintf("\\%03o", n)
}

function utf8(c) {
	if (c < 128)
		return byte(c)
	if (c < 2048)
		return byte(192 + int(c / 64)) byte(128 + c % 64)
	if (c < 65536)
		return byte(224 + int(c / 4096)) \
			byte(128 + int(c / 64) % 64) byte(128 + c % 64)
	return byte(240 + int(c / 262144)) byte(128 + int(c / 4096) % 64) \
		byte(128 + int(c / 64) % 64) byte(128 + c % 64)
}

/^#/ || /^$/ { next }
{
	n = split($2, codes, " ")
	text = ""
	bytes = 0
	for (i = 1; i <= n; i++)
		text = text utf8(value(codes[i]))
	printf "\t{ \"%s\", \"%s\", %d, %d },\n", $1, text, length($1), bytes
}
END { print "};" }
