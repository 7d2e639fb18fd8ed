"""Puts the model together: `style.py <training set> <model directory>`, after train.py and texture.py. See README.md.

The style part of a picture's vector is fitted to what the text tower says of that style; then both towers are exported.
"""
import json
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

import model as towers
from train import VALIDATION, load, normalised, precision, recall


def main():
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    torch.manual_seed(11)
    torch.set_num_threads(2)
    pictures, tokens, labels = load(folder)
    styles = labels[:, -1]
    kept = len(pictures) - VALIDATION
    config = json.loads((target / "tokenizer_config.json").read_text())
    begin, end = sorted(int(number) for number in config["added_tokens_decoder"])
    text, vision = towers.TextTower(end + 1), towers.VisionTower()
    weights = torch.load(folder / "latest.pt")
    towers_only = {name: value for name, value in weights["vision"].items() if not name.startswith(("texture", "style"))}
    text.load_state_dict(weights["text"]), vision.load_state_dict(towers_only, strict=False)
    vision.texture.load_state_dict(torch.load(folder / "texture.pt"))
    text.eval(), vision.eval()
    with torch.no_grad():
        features = torch.cat([evidence(vision, normalised(part)) for part in pictures.split(128)])
        ids = tokens[:4000, 0].long()
        words = torch.cat([text(part, (part > 0).long()) for part in ids.split(200)])[:, : towers.STYLE]
        meant = torch.stack([words[styles[:4000] == style].mean(0) for style in range(int(styles.max()) + 1)])
        meant = F.normalize(meant, dim=1)
    optimiser = torch.optim.AdamW(vision.style.parameters(), lr=3e-3, weight_decay=0.02)
    for _ in range(30):
        for rows in torch.randperm(kept).split(256):
            loss = F.cross_entropy(F.normalize(vision.style(F.dropout(features[rows], 0.3)), dim=1) @ meant.T * 12, styles[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    vision.textured = True
    with torch.no_grad():
        ids = tokens[kept:, 0].long()
        image = torch.cat([vision(normalised(part)) for part in pictures[kept:].split(100)])
        first, tenth = recall(text(ids, (ids > 0).long()), image)
    style = precision(image, styles[kept:])
    print(f"together  validation recall@1 {first:.3f} @10 {tenth:.3f} style@10 {style:.3f}")
    towers.export(target, text, vision, end + 1, begin, end)


def evidence(vision, pixel_values):
    """What the style is told by: textures, and what the rest of the tower sees."""
    early = vision.layers[:5](pixel_values)
    late = vision.layers[5:](early)
    pooled = torch.cat([F.avg_pool2d(late, 2).flatten(1), late.amax((2, 3))], 1)
    both = torch.cat([F.relu(vision.coarse(pooled)), F.relu(vision.fine(early.mean((2, 3))))], 1)
    return torch.cat([vision.texture(pixel_values), both], 1)


if __name__ == "__main__":
    main()
