-- Finds prompts by their words; only on a MyScale that has TextSearch.
ALTER TABLE {{table}} {{on_cluster}}
ADD INDEX IF NOT EXISTS prompt_words (prompt)
TYPE fts('{"prompt":{"tokenizer":{"type":"simple","case_sensitive":false}}}') GRANULARITY 1;
ALTER TABLE {{table}} {{on_cluster}} MATERIALIZE INDEX prompt_words
