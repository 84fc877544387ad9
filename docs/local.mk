dist_man_MANS += docs/gazetted.8 docs/gazettectl.1 docs/gazetted.conf.5
dist_doc_DATA = README.md NEWS docs/API.md docs/ARCHITECTURE.md \
	docs/FEEDS.md docs/FETCHING.md docs/PUBLISHERS.md docs/READING.md \
	docs/STORIES.md
