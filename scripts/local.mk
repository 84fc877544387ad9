EXTRA_DIST += \
	scripts/install-packages \
	scripts/packages \
	scripts/quickstart \
	scripts/test \
	scripts/tune
