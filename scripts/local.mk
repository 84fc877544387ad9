EXTRA_DIST += \
	scripts/check-lexicon \
	scripts/install-packages \
	scripts/packages \
	scripts/quickstart \
	scripts/test \
	scripts/tune
