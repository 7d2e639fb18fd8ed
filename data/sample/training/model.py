"""The sample model: a small convolutional picture tower and a small transformer text tower that meet in 512 dimensions."""
import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

DIMENSIONS = 512
CONTEXT = 64
SIZE = 96
MEAN = [0.5, 0.5, 0.5]
STD = [0.25, 0.25, 0.25]


# The first dimensions speak of the style alone, the others of the scene; each part has a fixed share of the square
# length, so that pictures of one style are neighbours, and among them those of one scene.
STYLE = 128
STYLE_SHARE = 0.57


def parted(raw):
    """(batch, DIMENSIONS) of any length → unit vectors whose two parts have their fixed lengths."""
    style, scene = raw[:, :STYLE], raw[:, STYLE:]
    parts = [math.sqrt(STYLE_SHARE) * F.normalize(style, dim=1), math.sqrt(1 - STYLE_SHARE) * F.normalize(scene, dim=1)]
    return torch.cat(parts, 1)


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return F.relu(x + self.layers(x))


def step(given, wanted, stride=2):
    return nn.Sequential(
        nn.Conv2d(given, wanted, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(wanted), nn.ReLU()
    )


class Texture(nn.Module):
    """(batch, 3, height, width) normalised pictures → (batch, 128): how it is painted, wherever in the picture.

    Fixed filters, the principal components of 5 × 5 patches, at two scales; how strongly they answer together (Gram
    matrices, as in Gatys et al. 2015) tells a texture. Only the last layers are trained.
    """

    def __init__(self, filters=32):
        super().__init__()
        self.bank = nn.Conv2d(3, filters, 5, bias=False)
        self.bank.requires_grad_(False)
        self.scale = nn.BatchNorm1d(2 * (filters * filters + filters), affine=False)
        self.out = nn.Linear(2 * (filters * filters + filters), 128)

    def statistics(self, pixel_values):
        return torch.cat([self.answers(pixel_values), self.answers(F.avg_pool2d(pixel_values, 2))], 1)

    def answers(self, pixel_values):
        strength = self.bank(pixel_values).abs().flatten(2)
        gram = strength @ strength.transpose(1, 2) / strength.shape[2]
        return torch.cat([(gram.flatten(1) + 1e-4).log(), (strength.mean(2) + 1e-4).log()], 1)

    def forward(self, pixel_values):
        return self.told(self.statistics(pixel_values))

    def told(self, statistics):
        even = (statistics - self.scale.running_mean) / (self.scale.running_var + 1e-5).sqrt()
        return F.relu(self.out(even.clamp(-3, 3)))


class VisionTower(nn.Module):
    """(batch, 3, SIZE, SIZE) normalised pictures → (batch, DIMENSIONS)."""

    def __init__(self, widths=(24, 48, 96, 128)):
        super().__init__()
        a, b, c, d = widths
        self.layers = nn.Sequential(
            nn.Conv2d(3, a, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(a),
            nn.ReLU(),
            step(a, b),
            Residual(b),
            step(b, c),
            Residual(c),
            step(c, d),
            Residual(d),
        )
        # Texture tells the style: averages of an early layer go to the end beside those of the last one.
        self.fine = nn.Linear(b, 64)
        self.coarse = nn.Linear(d * 10, 256)
        self.projection = nn.Linear(256 + 64, DIMENSIONS, bias=False)
        # Both are trained by style.py, when the rest is ready.
        self.texture = Texture()
        self.style = nn.Linear(128 + 256 + 64, STYLE)
        self.textured = False

    def forward(self, pixel_values):
        early = self.layers[:5](pixel_values)
        late = self.layers[5:](early)
        pooled = torch.cat([F.avg_pool2d(late, 2).flatten(1), late.amax((2, 3))], 1)
        both = torch.cat([F.relu(self.coarse(pooled)), F.relu(self.fine(early.mean((2, 3))))], 1)
        raw = self.projection(both)
        if self.textured:
            raw = torch.cat([self.style(torch.cat([self.texture(pixel_values), both], 1)), raw[:, STYLE:]], 1)
        return parted(raw)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.width = heads, width
        self.before = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.middle = nn.LayerNorm(width)
        self.wide = nn.Linear(width, 3 * width)
        self.narrow = nn.Linear(3 * width, width)

    def forward(self, x, mask):
        parts = self.qkv(self.before(x)).reshape(x.shape[0], -1, 3 * self.heads, self.width // self.heads)
        q, k, v = parts.permute(0, 2, 1, 3).chunk(3, 1)
        weights = (q @ k.transpose(2, 3) / math.sqrt(self.width // self.heads) + mask).softmax(3)
        x = x + self.out((weights @ v).permute(0, 2, 1, 3).reshape(x.shape[0], -1, self.width))
        return x + self.narrow(F.relu(self.wide(self.middle(x))))


class TextTower(nn.Module):
    """(batch, tokens) ids and their mask → (batch, DIMENSIONS): the mean over the tokens that the mask keeps."""

    def __init__(self, vocabulary, width=128, heads=4, depth=2):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(CONTEXT, width) * 0.02)
        self.blocks = nn.ModuleList(Attention(width, heads) for _ in range(depth))
        self.last = nn.LayerNorm(width)
        self.projection = nn.Linear(width, DIMENSIONS, bias=False)
        nn.init.normal_(self.words.weight, std=0.05)

    def forward(self, input_ids, attention_mask):
        kept = attention_mask.float()
        mask = (1 - kept[:, None, None, :]) * -1e4
        x = self.words(input_ids) + self.places[: input_ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        mean = (self.last(x) * kept[:, :, None]).sum(1) / kept.sum(1, keepdim=True)
        return parted(self.projection(mean))


def export(folder: Path, text: TextTower, vision: VisionTower, vocabulary, begin, end):
    """Writes both towers as ONNX and the configuration beside them, in the layout of CLIP exports."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    text.eval(), vision.eval()
    ids = torch.full((2, 9), end)
    torch.onnx.export(
        text, (ids, torch.ones_like(ids)), str(folder / "onnx/text_model.onnx"), opset_version=14,
        input_names=["input_ids", "attention_mask"], output_names=["text_embeds"],
        dynamic_axes={"input_ids": {0: "batch", 1: "tokens"}, "attention_mask": {0: "batch", 1: "tokens"}, "text_embeds": {0: "batch"}},
    )
    torch.onnx.export(
        vision, torch.zeros(2, 3, SIZE, SIZE), str(folder / "onnx/vision_model.onnx"), opset_version=14,
        input_names=["pixel_values"], output_names=["image_embeds"],
        dynamic_axes={"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}},
    )
    config = {
        "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": DIMENSIONS, "logit_scale_init_value": 2.6592,
        "text_config": {
            "model_type": "clip_text_model", "vocab_size": vocabulary, "max_position_embeddings": CONTEXT,
            "bos_token_id": begin, "eos_token_id": end, "pad_token_id": end, "projection_dim": DIMENSIONS,
            "hidden_size": 128, "num_attention_heads": 4, "num_hidden_layers": 2, "intermediate_size": 384,
        },
        "vision_config": {
            "model_type": "clip_vision_model", "image_size": SIZE, "num_channels": 3, "projection_dim": DIMENSIONS,
        },
    }
    processor = {
        "crop_size": {"height": SIZE, "width": SIZE}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True,
        "do_rescale": True, "do_resize": True, "image_mean": MEAN, "image_std": STD,
        "image_processor_type": "CLIPImageProcessor", "resample": 3, "rescale_factor": 1 / 255, "size": {"shortest_edge": SIZE},
    }
    for name, value in (("config.json", config), ("preprocessor_config.json", processor)):
        (folder / name).write_text(json.dumps(value, indent=2) + "\n")
