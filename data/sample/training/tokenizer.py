"""Learns the sample model's tokenizer: byte-level BPE in CLIP's file format, on the training prompts."""
import collections
import json
import re
import sys
from pathlib import Path

from model import CONTEXT

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
# Python's `re` knows no \p{L}: [^\W\d_] is a letter, \d a digit.
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+")


def byte_alphabet():
    """The printable stand-in of each byte that GPT-2 and CLIP use in their vocabularies."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = dict(zip(plain, map(chr, plain)))
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(plain))
    return letters


def learn(prompts, merges_wanted=1500, least=3):
    """Returns (vocabulary, merges): merges by falling frequency; ties by spelling, so that equal input gives equal files."""
    letters = byte_alphabet()
    words = collections.Counter(piece for prompt in prompts for piece in PIECES.findall(" ".join(prompt.lower().split())))
    spelled = {}
    for word, times in words.items():
        symbols = [letters[byte] for byte in word.encode()]
        spelled[(*symbols[:-1], symbols[-1] + "</w>")] = times
    merges = []
    while len(merges) < merges_wanted:
        pairs = collections.Counter()
        for symbols, times in spelled.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        if pairs[best] < least:
            break
        merges.append(best)
        spelled = {merged(symbols, best): times for symbols, times in spelled.items()}
    alphabet = [letters[byte] for byte in sorted(letters)]
    tokens = alphabet + [letter + "</w>" for letter in alphabet] + ["".join(pair) for pair in merges] + [BEGIN, END]
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}, merges


def merged(symbols, pair):
    result, at = [], 0
    while at < len(symbols):
        joined = symbols[at : at + 2] == pair
        result.append("".join(pair) if joined else symbols[at])
        at += 2 if joined else 1
    return tuple(result)


def write(folder, prompts, context):
    """Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json; returns the vocabulary's size."""
    vocabulary, merges = learn(prompts)
    begin, end = vocabulary[BEGIN], vocabulary[END]
    special = lambda token, number: dict(
        id=number, content=token, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True
    )
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [special(BEGIN, begin), special(END, end)],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFC"},
                {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "},
                {"type": "Lowercase"},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {
                    "type": "Split",
                    "pattern": {
                        "Regex": "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"
                    },
                    "behavior": "Removed",
                    "invert": True,
                },
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            ],
        },
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": [END, end],
            "cls": [BEGIN, begin],
            "trim_offsets": False,
            "add_prefix_space": False,
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": END,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "</w>",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": vocabulary,
            "merges": [" ".join(pair) for pair in merges],
        },
    }
    content = lambda token: dict(content=token, lstrip=False, normalized=False, rstrip=False, single_word=False)
    config = {
        "add_prefix_space": False,
        "added_tokens_decoder": {
            str(number): {**content(token), "special": True} for token, number in ((BEGIN, begin), (END, end))
        },
        "bos_token": BEGIN,
        "clean_up_tokenization_spaces": False,
        "do_lower_case": True,
        "eos_token": END,
        "errors": "replace",
        "model_max_length": context,
        "pad_token": END,
        "processor_class": "CLIPProcessor",
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": END,
    }
    names = {"bos_token": BEGIN, "eos_token": END, "pad_token": END, "unk_token": END}
    save(folder / "tokenizer.json", tokenizer, indent=None)
    save(folder / "tokenizer_config.json", config)
    save(folder / "special_tokens_map.json", {name: content(token) for name, token in names.items()})
    return len(vocabulary), begin, end


def main():
    """`tokenizer.py <folder of the training set> <model directory>`: learns from all wordings that render.mts wrote."""
    given, wanted = Path(sys.argv[1]), Path(sys.argv[2])
    rows = [line for part in sorted(given.glob("rows-*.jsonl")) for line in part.read_text(encoding="utf-8").splitlines()]
    prompts = [prompt for row in rows for prompt in json.loads(row)["prompts"]]
    wanted.mkdir(parents=True, exist_ok=True)
    size, _, _ = write(wanted, prompts, CONTEXT)
    print(f"{size} tokens from {len(prompts)} prompts")


def save(path: Path, value, indent=2):
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
