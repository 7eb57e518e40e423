package web

import "net/http"

func (v *visit) contacts() error { return v.render(http.StatusOK, "aside", &asidePage{}) }
