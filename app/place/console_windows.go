package place

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	kernel32    = windows.NewLazySystemDLL("kernel32.dll")
	processList = kernel32.NewProc("GetConsoleProcessList")
	freeConsole = kernel32.NewProc("FreeConsole")
)

// LeaveConsole closes the console that Windows opened for this program alone, as it
// does at a double click: it would stand there empty, and closing it would end the
// camp. A console in which a shell waits is left alone, and so is one that cannot be
// asked. Microsoft Learn, "GetConsoleProcessList" and "FreeConsole".
func LeaveConsole() {
	var who [2]uint32 // two are enough to know that there is another
	n, _, _ := processList.Call(uintptr(unsafe.Pointer(&who[0])), uintptr(len(who)))
	if n == 1 {
		_, _, _ = freeConsole.Call()
	}
}
