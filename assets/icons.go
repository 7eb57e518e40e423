package assets

import (
	"embed"
	"path"
	"strconv"
	"strings"
)

//go:generate go run ./icons/gen icons

// icons holds the drawings and what icons/gen made of them. The 256 and 512
// pixel tents serve packages only.
//
//go:embed icons/*.svg icons/Icon.png icons/app_*.png
//go:embed icons/state_*_16.png icons/state_*_22.png icons/state_*_32.png
//go:embed icons/state_*_48.png icons/state_*_64.png icons/state_*_128.png
var icons embed.FS

// Icon gives the tent of a camp's phase ("on", "starting", "paused", … as
// camp.Phase has them) as PNG: filled for on, half for starting and stopping,
// two bars for paused, an exclamation mark for on with something that needs the
// host, a dot for "news" (on, with answers in a camp of somebody else's), an
// outline for off and everything unknown, a slash for trouble. dark asks for the
// colours for a dark ground. The size in pixels is the smallest of
// 16, 22, 32, 48, 64 and 128 that is not below size.
func Icon(phase string, needs, dark bool, size int) []byte {
	shade := "light"
	if dark {
		shade = "dark"
	}
	return icon(stateFile(phase, needs) + "_" + shade + "_" + strconv.Itoa(fit(size, 16, 22, 32, 48, 64, 128)) + ".png")
}

// IconSVG is Icon as a drawing of 32 by 32.
func IconSVG(phase string, needs, dark bool) []byte {
	return shaded(stateFile(phase, needs)+".svg", dark)
}

// AppIcon gives Camp's own icon as PNG, a tent on a square of paper, in the
// smallest of 16, 22, 32, 48, 64, 128, 256 and 512 pixels that is not below size.
func AppIcon(size int) []byte {
	return icon("app_" + strconv.Itoa(fit(size, 16, 22, 32, 48, 64, 128, 256, 512)) + ".png")
}

// Tent gives the tent mark as SVG: moss, with an opening of paper and a flame.
func Tent(dark bool) []byte { return shaded("tent.svg", dark) }

// stateFile names the drawing of a state. What needs the host is shown only
// while the camp is on: else the phase itself is the news.
func stateFile(phase string, needs bool) string {
	switch phase {
	case "on":
		if needs {
			return "state_needs"
		}
		return "state_on"
	case "news":
		return "state_news"
	case "starting", "stopping":
		return "state_half"
	case "paused":
		return "state_paused"
	case "trouble":
		return "state_trouble"
	}
	return "state_off"
}

// shaded gives a drawing, for a dark ground with each token's dark value.
func shaded(file string, dark bool) []byte {
	raw := icon(file)
	if !dark || raw == nil {
		return raw
	}
	return []byte(strings.NewReplacer(
		"#1b6e53", "#5cc8a0", // moss
		"#b4480f", "#ff9a5c", // ember
		"#b3261e", "#ff8a80", // stop
		"#6a6257", "#aca294", // soft
		"#ffffff", "#211e1a", // card
	).Replace(string(raw)))
}

// icon reads an embedded file, nil if there is none.
func icon(file string) []byte {
	raw, err := icons.ReadFile(path.Join("icons", file))
	if err != nil {
		return nil
	}
	return raw
}

func fit(size int, have ...int) int {
	for _, h := range have {
		if h >= size {
			return h
		}
	}
	return have[len(have)-1]
}
