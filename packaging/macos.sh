#!/bin/sh
# Makes the Mac's packages, on a Mac: Reelsmith.app for both kinds of processor, in target/packages/Reelsmith-VERSION.dmg
#   sh packaging/macos.sh [--program FILE]     FILE is a universal program built before, reelsmith-cli beside it
# Metal is built in. Needs Xcode's command line tools, `rustup target add aarch64-apple-darwin x86_64-apple-darwin`, and
# `brew install librsvg icoutils` for the icon. Never run yet.
#
# To sign and notarise it, with an account of Apple's developer programme:
#   1. In Xcode, Settings, Accounts, make a "Developer ID Application" certificate; `security find-identity -v -p
#      codesigning` shows its name.
#   2. Make an app-specific password on account.apple.com, and keep it in the keychain:
#      xcrun notarytool store-credentials reelsmith --apple-id YOU --team-id TEAM --password THAT-PASSWORD
#   3. SIGN_AS="Developer ID Application: …" NOTARY_PROFILE=reelsmith sh packaging/macos.sh
# Without SIGN_AS it is signed for no one (ad hoc), which Apple's own processors ask for at least; who downloads it must
# then allow it in System Settings, Privacy & Security.
set -eu
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Darwin ] || { echo "A Mac's package is made on a Mac: lipo, codesign and hdiutil are there only."; exit 1; }

if [ $# = 0 ]; then
    export MACOSX_DEPLOYMENT_TARGET=11.0
    mkdir -p target/universal
    for processor in aarch64 x86_64; do
        cargo build --profile dist --features metal --target $processor-apple-darwin
    done
    for name in reelsmith reelsmith-cli; do
        lipo -create -output target/universal/$name target/aarch64-apple-darwin/dist/$name \
            target/x86_64-apple-darwin/dist/$name
    done
    set -- --program target/universal/reelsmith
fi
. packaging/program.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
app=$work/disk/Reelsmith.app
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources"
cp "$program" "$cli" "$app/Contents/MacOS/"
sed "s/@VERSION@/$version/" packaging/macos/Info.plist >"$app/Contents/Info.plist"
plutil -lint "$app/Contents/Info.plist"
sh packaging/icons.sh target/packages/icons >/dev/null
cp target/packages/icons/reelsmith.icns "$app/Contents/Resources/"
licences "$app/Contents/Resources/licences"

sign() {
    if [ -n "${SIGN_AS:-}" ]; then
        codesign --force --options runtime --timestamp --sign "$SIGN_AS" "$1"
    else
        codesign --force --sign - "$1"
    fi
}
# What is inside first.
sign "$app/Contents/MacOS/reelsmith-cli"
sign "$app"
codesign --verify --strict --verbose "$app"

ln -s /Applications "$work/disk/Applications"
package=$out/Reelsmith-$version.dmg
rm -f "$package"
hdiutil create -quiet -volname Reelsmith -srcfolder "$work/disk" -format UDZO "$package"
if [ -n "${NOTARY_PROFILE:-}" ]; then
    codesign --timestamp --sign "$SIGN_AS" "$package"
    xcrun notarytool submit "$package" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$package"
fi
echo "$package: $(wc -c <"$package") bytes"
