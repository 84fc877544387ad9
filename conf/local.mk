# The sample, made from the schema (tests/unit/test_config_docs).
examplesdir = $(docdir)/examples
dist_examples_DATA = conf/gazetted.conf
EXTRA_DIST += conf/demo.conf conf/demo-online.conf conf/demo
