package people

import "camp/node/camp"

// wayBack fills in an invite that lets somebody who lost all their devices back
// in as the member they are (tunnel.md 3.9): by the host alone, as it needs no
// decision any more, and written to the log, as whoever holds the code could act
// as that member. It takes the place of an earlier one.
func wayBack(tx Tx, by camp.Member, name string, inv *camp.Invite) error {
	if by.Role != camp.RoleHost {
		return refuse(camp.NotAllowed, "people.only_host.say")
	}
	m, err := joinedNamed(tx, name)
	if err == nil && !here(tx, m) {
		err = refuse(camp.NotFound, "people.not_here.say", "Name", m.Name)
	}
	if err == nil {
		err = roomForDevice(tx, m.ID)
	}
	if err == nil {
		err = dropDeviceInvites(tx, m.ID)
	}
	if err != nil {
		return err
	}
	inv.For = m.ID
	return note(tx, by.ID, "log.way_back", m.ID, nil)
}
