package web

import (
	"sync"

	"camp/assets"
)

// shutLinks is the word for a link that is not shown, in each language.
var shutLinks = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, lang := range assets.Languages {
		words, err := assets.LoadWords(lang)
		if err != nil {
			panic(err) // they are embedded and tested
		}
		m[lang] = words.Say("border.shut.link")
	}
	return m
})

// ShutLink is the word that stands in place of a link to a server that is to
// find nobody here, in a member's language.
func ShutLink(language string) string {
	m := shutLinks()
	if word, ok := m[language]; ok {
		return word
	}
	return m[assets.Languages[0]]
}
