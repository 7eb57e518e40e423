package lan

import (
	"crypto/sha256"
	"strings"
)

// words are 256 short words that sound apart and are spelled as they sound. The
// order is part of the protocol: each word stands for its place.
var words = strings.Fields(`
acorn actor album amber anchor angel apple apron arrow atlas attic autumn bacon badge bagel balloon bamboo banana banjo barrel
basket beacon beaver bell berry bicycle bird biscuit blanket bottle bowl branch bread brick bridge broom brush bubble bucket
butter button cabin cactus camel candle canoe canyon carpet carrot castle cattle cedar cellar chair cheese cherry chicken circle
circus clock clover cobra coconut coffee comet copper coral corner cotton cradle crayon cricket crystal cushion daisy desert
diamond dinner doctor dolphin donkey dragon drum eagle easel echo elephant eleven engine falcon feather fiddle finger flag
flamingo flower flute forest fountain fox garden garlic giant ginger giraffe globe glove goblin gold gorilla grape guitar hammer
harbor harvest hazel helmet hockey honey hornet hotel igloo insect island ivory jacket jaguar jelly jigsaw jungle kangaroo kettle
kitchen kitten ladder lagoon lantern lemon leopard letter library lizard lobster lunch magnet mango maple marble market meadow
melon mirror monkey moon mosaic mountain muffin museum mustard napkin needle nickel noodle nutmeg oasis ocean octopus olive onion
orange orchid otter oven oyster paddle palace panda paper parrot pasta peanut pebble pelican pencil penguin pepper piano picnic
pigeon pillow pirate planet plum pocket pony potato pumpkin puppet puzzle quartz queen rabbit radio raisin ribbon river robin
rocket saddle salad salmon sandal saturn scarf school scooter shadow shell silver singer sister skate soup spider spoon squirrel
stable station sugar summer sunset swan table tailor teapot temple tennis tiger toast tomato trumpet tulip tunnel turtle umbrella
valley vanilla velvet violin volcano walnut whistle window winter wizard zebra`)

// SayWords writes four places in the list as words.
func SayWords(places [4]byte) string {
	said := make([]string, len(places))
	for i, p := range places {
		said[i] = words[p]
	}
	return strings.Join(said, " ")
}

// CompareWords gives the four words by which host and newcomer can see that
// nobody stands between them: from the camp's tunnel key and the device's, both
// public halves (JOINING.md).
func CompareWords(camp, device [32]byte) string {
	sum := sha256.Sum256(append(append([]byte("camp words 1"), camp[:]...), device[:]...))
	return SayWords([4]byte(sum[:4]))
}
