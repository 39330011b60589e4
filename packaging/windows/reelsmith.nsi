; The Windows installer, for one user and so without an administrator's rights. packaging/windows.sh hands over VERSION,
; FOLDER (what is installed) and OUT. Tunes and settings are in %APPDATA%\reelsmith, which nothing here touches.
Unicode true
!include MUI2.nsh

Name "Reelsmith"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Reelsmith"
InstallDirRegKey HKCU "Software\Reelsmith" "Folder"
RequestExecutionLevel user
SetCompressor /SOLID lzma
ManifestDPIAware true

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Reelsmith"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installs Reelsmith"
VIAddVersionKey "LegalCopyright" "MIT or Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\reelsmith.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Reelsmith"

; Explorer reads again what opens what.
!macro associations_changed
    System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

Section
    SetOutPath "$INSTDIR"
    File /r "${FOLDER}\*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\Reelsmith.lnk" "$INSTDIR\reelsmith.exe"

    WriteRegStr HKCU "Software\Classes\Reelsmith.abc" "" "ABC tune"
    WriteRegStr HKCU "Software\Classes\Reelsmith.abc\DefaultIcon" "" "$INSTDIR\reelsmith.exe,0"
    WriteRegStr HKCU "Software\Classes\Reelsmith.abc\shell\open\command" "" '"$INSTDIR\reelsmith.exe" "%1"'
    WriteRegStr HKCU "Software\Classes\.abc\OpenWithProgids" "Reelsmith.abc" ""
    ; Who has chosen another program for .abc files keeps it.
    ReadRegStr $0 HKCU "Software\Classes\.abc" ""
    StrCmp $0 "" 0 +2
        WriteRegStr HKCU "Software\Classes\.abc" "" "Reelsmith.abc"
    !insertmacro associations_changed

    WriteRegStr HKCU "Software\Reelsmith" "Folder" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Reelsmith"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\reelsmith.exe"
    WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Reelsmith authors"
    WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
    SectionGetSize 0 $0
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

Section "Uninstall"
    ; Only what was put here, should somebody have chosen a folder with other things in it.
    Delete "$INSTDIR\reelsmith.exe"
    Delete "$INSTDIR\reelsmith-cli.exe"
    RMDir /r "$INSTDIR\licences"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\Reelsmith.lnk"

    DeleteRegKey HKCU "Software\Classes\Reelsmith.abc"
    DeleteRegValue HKCU "Software\Classes\.abc\OpenWithProgids" "Reelsmith.abc"
    ReadRegStr $0 HKCU "Software\Classes\.abc" ""
    StrCmp $0 "Reelsmith.abc" 0 +2
        DeleteRegValue HKCU "Software\Classes\.abc" ""
    !insertmacro associations_changed
    DeleteRegKey HKCU "${UNINSTALL}"
    DeleteRegKey HKCU "Software\Reelsmith"
SectionEnd
