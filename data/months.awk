# months.tsv to the rows of struct date_name in src/normalise/date.c, sorted by
# the bytes of the name (run with LC_ALL=C), one row a name.

BEGIN { FS = "\t" }

/^#/ || NF == 0 { next }

NF != 4 || ($2 != "month" && $2 != "day") {
	printf "%s:%d: not language, kind, number, names\n", FILENAME, FNR \
	    > "/dev/stderr"
	failed = 1
	exit 1
}

{
	count = split($4, part, ",")
	for (i = 1; i <= count; i++)
		add(part[i], $2, $3)
}

function add(name, kind, number) {
	if (!(name in seen)) {
		seen[name] = 1
		names[++total] = name
		month[name] = other[name] = 0
		day[name] = -1
	}
	if (kind == "day") {
		# Which one is unclear: still known to be a day.
		if (day[name] == -1)
			day[name] = number
		else if (day[name] != number)
			day[name] = 7
	} else if (month[name] == 0) {
		month[name] = number
	} else if (month[name] != number) {
		other[name] = number
	}
}

END {
	if (failed)
		exit 1
	for (gap = int(total / 2); gap > 0; gap = int(gap / 2)) {
		for (i = gap + 1; i <= total; i++) {
			name = names[i]
			for (k = i; k > gap && names[k - gap] > name; k -= gap)
				names[k] = names[k - gap]
			names[k] = name
		}
	}
	print "/* Made of data/months.tsv. */"
	for (i = 1; i <= total; i++) {
		name = names[i]
		printf "{ \"%s\", %d, %d, %d },\n", name, month[name],
		    other[name], day[name]
	}
}
