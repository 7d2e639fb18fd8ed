-- One row a prompt: what the collection says of it, where it comes from, and its vector.
CREATE TABLE IF NOT EXISTS {{table}} {{on_cluster}}
(
    id String,
    prompt String,
    url String,
    width UInt64,
    height UInt64,
    source_site String,
    origin LowCardinality(String),
    parents Array(String),
    model LowCardinality(String),
    truncated Bool,
    prompt_vector Array(Float32),
    shard LowCardinality(String),
    shard_digest LowCardinality(String),
    run LowCardinality(String),
    created DateTime('UTC') DEFAULT now('UTC'),
    CONSTRAINT prompt_vector_length CHECK length(prompt_vector) = {{dimension}}
)
ENGINE = {{engine}}
ORDER BY id
SETTINGS index_granularity = {{granularity}}, min_bytes_for_wide_part = 0, non_replicated_deduplication_window = 1000
