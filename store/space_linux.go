package store

import "golang.org/x/sys/unix"

// onNetwork tells file systems of other computers by their numbers (statfs(2)).
func onNetwork(st *unix.Statfs_t) bool {
	switch uint32(st.Type) {
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, 0xff534d42, 0xfe534d42, unix.AFS_FS_MAGIC, unix.CODA_SUPER_MAGIC, unix.V9FS_MAGIC, 0x00c36400:
		return true // NFS, SMB, CIFS, SMB2, AFS, Coda, 9P, Ceph
	}
	return false
}
