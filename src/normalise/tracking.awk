# data/tracking.tsv to C: two tables, in the order of the file.
BEGIN { FS = "\t" }
/^#/ || /^$/ { next }
BEGIN {
	split("target rest query segment behind base64", names, " ")
	for (i in names)
		kinds[names[i]] = "HOP_" toupper(names[i])
}
NF != 3 || ($1 != "drop" && !($1 in kinds)) ||
$0 ~ /["\\]/ || $2 == "" || $3 == "" {
	print FILENAME ":" NR ": not understood" | "cat >&2"
	bad = 1
	exit 1
}
$1 == "drop" {
	prefix = "false"
	if (sub(/\*$/, "", $3))
		prefix = "true"
	host = ($2 == "*") ? "" : $2
	drops = drops "\t{ \"" host "\", \"" tolower($3) "\", " \
		length($3) ", " prefix " },\n"
	next
}
{
	slash = index($2, "/")
	path = substr($2, slash)
	prefix = "false"
	if (sub(/\*$/, "", path))
		prefix = "true"
	if ($1 != "target" && $1 != "query")
		prefix = "true"
	hops = hops "\t{ \"" substr($2, 1, slash - 1) "\", \"" path "\", \"" \
		$3 "\", " length(path) ", " prefix ", " kinds[$1] " },\n"
}
END {
	if (bad)
		exit 1
	print "/* Made from data/tracking.tsv. */"
	print "static const struct {"
	print "\tconst char *host; /* \"\": any */"
	print "\tconst char *name;"
	print "\tsize_t len;"
	print "\tbool is_prefix;"
	print "} drops[] = {"
	printf "%s", drops
	print "};"
	print ""
	print "static const struct {"
	print "\tconst char *host, *path, *name;"
	print "\tsize_t path_len;"
	print "\tbool is_prefix; /* of the path */"
	print "\tenum hop kind;"
	print "} hops[] = {"
	printf "%s", hops
	print "};"
}
