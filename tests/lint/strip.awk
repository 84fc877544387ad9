# Shared by the lint tests that read C: code(line) is the line without
# comments, and with its string and character literals emptied. Call it for
# every line of a file in turn; start_file() before the first.

function start_file() {
	in_comment = 0
}

function code(line,    out, at, token, body) {
	out = ""
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (at == 0)
				return out
			line = substr(line, at + 2)
			in_comment = 0
			continue
		}
		at = match(line, /\/\*|\/\/|"|'/)
		if (at == 0)
			return out line
		out = out substr(line, 1, at - 1)
		token = substr(line, at, RLENGTH)
		line = substr(line, at + RLENGTH)
		if (token == "//")
			return out
		if (token == "/*") {
			in_comment = 1
			out = out " "
			continue
		}
		# a literal: over escaped characters to the closing quote
		while (line != "" && substr(line, 1, 1) != token)
			line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
		line = substr(line, 2)
		out = out token token
	}
	return out
}

# Whether the function is called in the text: a word of its own, not a member,
# with a parenthesis behind it. A prototype counts as well.
function calls(text, name,    at, before, after, rest) {
	rest = text
	before = ""
	while ((at = index(rest, name)) > 0) {
		before = before substr(rest, 1, at - 1)
		after = substr(rest, at + length(name))
		if (before !~ /[A-Za-z0-9_.]$/ && before !~ /->[ \t]*$/ &&
		    after ~ /^[ \t]*\(/)
			return 1
		before = before name
		rest = after
	}
	return 0
}
