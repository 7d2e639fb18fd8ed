-- One row a picture: the row it belongs to, the digest of its bytes, and its vector.
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
    sha256 String,
    duplicate_of String,
    image_vector Array(Float32),
    shard LowCardinality(String),
    shard_digest LowCardinality(String),
    run LowCardinality(String),
    created DateTime('UTC') DEFAULT now('UTC'),
    CONSTRAINT image_vector_length CHECK length(image_vector) = {{dimension}}
)
ENGINE = {{engine}}
ORDER BY id
SETTINGS index_granularity = {{granularity}}, min_bytes_for_wide_part = 0, non_replicated_deduplication_window = 1000
