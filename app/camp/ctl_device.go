package main

import (
	"context"
	"strconv"

	"camp/node/camp"
)

// device is a line of `device list`.
type device struct {
	Serial    uint64 `json:"serial"`
	Label     string `json:"label"`
	LastSeen  string `json:"last_seen"`
	Phone     bool   `json:"phone"`
	Connected bool   `json:"connected"`
	This      bool   `json:"this"`
	Former    bool   `json:"former,omitempty"`
}

func (e *env) devices(all []camp.DeviceLine) {
	list := []device{}
	for _, d := range all {
		list = append(list, device(d))
	}
	if e.json {
		e.line(e.out, map[string]any{"devices": list})
		return
	}
	if len(list) == 0 {
		e.say("ctl.device.none")
	}
	for _, d := range list {
		label, seen := d.Label, d.LastSeen
		if label == "" {
			label = e.words.Say("window.device.some")
		}
		switch {
		case d.This:
			seen = e.words.Say("window.others.this")
		case d.Connected:
			seen = e.words.Say("window.device.here")
		case seen == "":
			seen = e.words.Say("window.seen.never")
		}
		e.say("ctl.device.line", "Serial", d.Serial, "Label", label, "Seen", seen)
		if d.Former {
			e.say("ctl.reach.line", "Line", e.words.Say("window.waykey.device"))
		}
	}
}

// serial reads the number of a device, as the list shows it.
func serial(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 {
		return 0, usage("ctl.usage.serial", "Value", s)
	}
	return n, nil
}

func ctlDeviceList(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberList})
	if err != nil {
		return err
	}
	name, _ := camp.ParseName(c.words[0])
	for _, p := range ans.People {
		if p.Name == name {
			e.devices(p.Devices)
			return nil
		}
	}
	return &camp.Fault{Kind: camp.NotFound, Say: "people.nobody.say", Args: map[string]string{"Name": c.words[0]}}
}

func ctlDeviceRemove(ctx context.Context, e *env, c call) error {
	return ctlDevice(ctx, e, c, camp.DoDeviceRemove, "ctl.device.removed")
}

func ctlDeviceRenew(ctx context.Context, e *env, c call) error {
	return ctlDevice(ctx, e, c, camp.DoReconnect, "ctl.device.renewed")
}

func ctlDevice(ctx context.Context, e *env, c call, do, say string) error {
	n, err := serial(c.words[1])
	if err != nil {
		return err
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: do, Person: c.words[0], Serial: n}); err != nil {
		return err
	}
	e.answer(map[string]any{"name": c.words[0], "serial": n}, say, "Serial", n)
	return nil
}
