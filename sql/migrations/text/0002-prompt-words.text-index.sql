-- Finds prompts by their words; only where the engine has a text index.
ALTER TABLE {{table}} {{on_cluster}}
ADD INDEX IF NOT EXISTS prompt_words lowerUTF8(prompt) TYPE text(tokenizer = 'splitByNonAlpha');
ALTER TABLE {{table}} {{on_cluster}} MATERIALIZE INDEX prompt_words
