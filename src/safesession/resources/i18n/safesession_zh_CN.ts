<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Announce</name>
    <message>
        <source>A new message has arrived</source>
        <translation>收到一条新消息</translation>
    </message>
    <message>
        <source>Connection lost, reconnecting</source>
        <translation>网络中断，正在重新连接</translation>
    </message>
    <message>
        <source>The connection is back</source>
        <translation>已重新接通</translation>
    </message>
    <message>
        <source>You are connected</source>
        <translation>已接通</translation>
    </message>
    <message>
        <source>Sound and picture have stopped</source>
        <translation>声音和画面已停止</translation>
    </message>
    <message>
        <source>The safety code was confirmed</source>
        <translation>安全码已核对一致</translation>
    </message>
</context>
<context>
    <name>CallView</name>
    <message>
        <source>Encrypted · verified {time}</source>
        <translation>已加密 · {time} 已核验</translation>
    </message>
    <message>
        <source>Encrypted · verified</source>
        <translation>已加密 · 已核验</translation>
    </message>
    <message>
        <source>Encrypted · not yet compared</source>
        <translation>已加密 · 尚未核对</translation>
    </message>
    <message>
        <source>Your counselor</source>
        <translation>您的咨询师</translation>
    </message>
    <message>
        <source>Your client</source>
        <translation>来访者</translation>
    </message>
    <message>
        <source>Direct connection</source>
        <translation>直接连接</translation>
    </message>
    <message>
        <source>Relayed by the institution (still encrypted)</source>
        <translation>经机构中继（内容仍加密）</translation>
    </message>
    <message>
        <source>Demo voice</source>
        <translation>演示声音</translation>
    </message>
    <message>
        <source>Microphone off</source>
        <translation>麦克风已关</translation>
    </message>
    <message>
        <source>Microphone not available</source>
        <translation>暂无麦克风</translation>
    </message>
    <message>
        <source>Demo picture</source>
        <translation>演示画面</translation>
    </message>
    <message>
        <source>Camera off</source>
        <translation>摄像头已关</translation>
    </message>
    <message>
        <source>Camera not available</source>
        <translation>暂无摄像头</translation>
    </message>
    <message>
        <source>The camera is switched off</source>
        <translation>对方关闭了摄像头</translation>
    </message>
    <message>
        <source>The picture is on its way</source>
        <translation>画面即将出现</translation>
    </message>
    <message>
        <source>No camera on the other side</source>
        <translation>对方暂时没有摄像头</translation>
    </message>
    <message>
        <source>You · demo picture</source>
        <translation>您 · 演示画面</translation>
    </message>
    <message>
        <source>You</source>
        <translation>您</translation>
    </message>
    <message>
        <source>Connection lost, reconnecting… The other person cannot see or hear you.</source>
        <translation>网络中断，正在重新连接… 对方此刻看不到也听不到您。</translation>
    </message>
    <message>
        <source>The server cannot be reached either; what you write is kept and sent later.</source>
        <translation>机构服务器也暂时连不上；您写的内容会先保留，稍后发出。</translation>
    </message>
    <message>
        <source>What you write is kept and sent later.</source>
        <translation>您写的内容会先保留，稍后发出。</translation>
    </message>
    <message>
        <source>Text goes on meanwhile.</source>
        <translation>文字仍可继续。</translation>
    </message>
    <message>
        <source>Close this panel</source>
        <translation>关闭此面板</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Safety code</source>
        <translation>安全码</translation>
    </message>
    <message>
        <source>Hide my own picture</source>
        <translation>隐藏我的画面</translation>
    </message>
    <message>
        <source>Show my own picture</source>
        <translation>显示我的画面</translation>
    </message>
    <message>
        <source>Move my own picture</source>
        <translation>移动我的画面</translation>
    </message>
    <message>
        <source>Top left</source>
        <translation>左上</translation>
    </message>
    <message>
        <source>Top right</source>
        <translation>右上</translation>
    </message>
    <message>
        <source>Bottom left</source>
        <translation>左下</translation>
    </message>
    <message>
        <source>Bottom right</source>
        <translation>右下</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>Mute the microphone, it is on (Ctrl+D)</source>
        <translation>静音麦克风，当前已开启（Ctrl+D）</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>开启声音</translation>
    </message>
    <message>
        <source>Switch the microphone on, it is off (Ctrl+D)</source>
        <translation>开启麦克风，当前已关闭（Ctrl+D）</translation>
    </message>
    <message>
        <source>Stop camera</source>
        <translation>关摄像头</translation>
    </message>
    <message>
        <source>Switch the camera off, it is on (Ctrl+E)</source>
        <translation>关闭摄像头，当前已开启（Ctrl+E）</translation>
    </message>
    <message>
        <source>Start camera</source>
        <translation>开摄像头</translation>
    </message>
    <message>
        <source>Switch the camera on, it is off (Ctrl+E)</source>
        <translation>开启摄像头，当前已关闭（Ctrl+E）</translation>
    </message>
    <message>
        <source>Close text, it is open (Ctrl+Shift+C)</source>
        <translation>关闭文字面板，当前已打开（Ctrl+Shift+C）</translation>
    </message>
    <message>
        <source>Open text, {n} unread (Ctrl+Shift+C)</source>
        <translation>打开文字面板，{n} 条未读（Ctrl+Shift+C）</translation>
    </message>
    <message>
        <source>Open text (Ctrl+Shift+C)</source>
        <translation>打开文字面板（Ctrl+Shift+C）</translation>
    </message>
    <message>
        <source>Safety code, verified (Ctrl+Shift+S)</source>
        <translation>安全码，已核验（Ctrl+Shift+S）</translation>
    </message>
    <message>
        <source>Safety code, not yet compared (Ctrl+Shift+S)</source>
        <translation>安全码，尚未核对（Ctrl+Shift+S）</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>Leave the session</source>
        <translation>离开会谈</translation>
    </message>
    <message>
        <source>Try again now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Choose a device</source>
        <translation>选择设备</translation>
    </message>
    <message>
        <source>Go on without</source>
        <translation>先不用它</translation>
    </message>
    <message>
        <source>{state}. Open the safety code</source>
        <translation>{state}。打开安全码</translation>
    </message>
    <message>
        <source>Picture of {name}</source>
        <translation>{name}的画面</translation>
    </message>
    <message>
        <source>Your own picture</source>
        <translation>您自己的画面</translation>
    </message>
    <message>
        <source>Last picture, {time}</source>
        <translation>最后的画面 {time}</translation>
    </message>
</context>
<context>
    <name>Capture</name>
    <message>
        <source>No camera was found.</source>
        <translation>没有找到摄像头。</translation>
    </message>
    <message>
        <source>The other person sees your name instead of a picture.</source>
        <translation>对方会看到您的称呼，而不是画面。</translation>
    </message>
    <message>
        <source>Plug one in and try again, or continue with voice.</source>
        <translation>请接好后再试，或先用语音继续。</translation>
    </message>
    <message>
        <source>Another program is using the camera.</source>
        <translation>摄像头被其他程序占用。</translation>
    </message>
    <message>
        <source>You can continue with voice.</source>
        <translation>可先用语音继续。</translation>
    </message>
    <message>
        <source>Close the other program, then try again.</source>
        <translation>请关闭那个程序后再试。</translation>
    </message>
    <message>
        <source>This computer does not allow SafeSession to use the camera.</source>
        <translation>这台电脑还没有允许 SafeSession 使用摄像头。</translation>
    </message>
    <message>
        <source>Allow it in the system&apos;s privacy settings, then try again.</source>
        <translation>请在系统的隐私设置中允许，然后再试。</translation>
    </message>
    <message>
        <source>The camera stopped delivering pictures.</source>
        <translation>摄像头暂时没有画面。</translation>
    </message>
    <message>
        <source>The other person does not see you at the moment.</source>
        <translation>对方此刻看不到您。</translation>
    </message>
    <message>
        <source>Check its cable and try again, or choose another camera.</source>
        <translation>请检查连线后再试，或选择另一个摄像头。</translation>
    </message>
    <message>
        <source>A demo clip is shown instead of a camera.</source>
        <translation>正在用演示短片代替摄像头。</translation>
    </message>
    <message>
        <source>The other person sees the clip, marked as demo.</source>
        <translation>对方看到的是标有“演示”的短片。</translation>
    </message>
    <message>
        <source>Plug in a camera and choose it in the menu.</source>
        <translation>请接好摄像头，并在菜单中选择。</translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation>没有找到麦克风。</translation>
    </message>
    <message>
        <source>The other person cannot hear you.</source>
        <translation>对方听不到您。</translation>
    </message>
    <message>
        <source>Plug one in and try again, or continue with text.</source>
        <translation>请接好后再试，或先用文字继续。</translation>
    </message>
    <message>
        <source>Another program is using the microphone.</source>
        <translation>麦克风被其他程序占用。</translation>
    </message>
    <message>
        <source>The other person cannot hear you; text works.</source>
        <translation>对方听不到您，文字可以继续。</translation>
    </message>
    <message>
        <source>This computer does not allow SafeSession to use the microphone.</source>
        <translation>这台电脑还没有允许 SafeSession 使用麦克风。</translation>
    </message>
    <message>
        <source>Your microphone is on but no sound is coming in.</source>
        <translation>麦克风开着，但没有收到声音。</translation>
    </message>
    <message>
        <source>Check the mute key or the cable, or choose another microphone.</source>
        <translation>请检查静音键或连线，或选择另一个麦克风。</translation>
    </message>
    <message>
        <source>A demo voice is played instead of a microphone.</source>
        <translation>正在用演示声音代替麦克风。</translation>
    </message>
    <message>
        <source>The other person hears the demo voice, not you.</source>
        <translation>对方听到的是演示声音，不是您。</translation>
    </message>
    <message>
        <source>Plug in a microphone and choose it in the menu.</source>
        <translation>请接好麦克风，并在菜单中选择。</translation>
    </message>
</context>
<context>
    <name>ChatView</name>
    <message>
        <source>Received {time}: {text}</source>
        <translation>{time} 收到：{text}</translation>
    </message>
    <message>
        <source>{time} · waiting</source>
        <translation>{time} · 等待发出</translation>
    </message>
    <message>
        <source>{time} · sent</source>
        <translation>{time} · 已发出</translation>
    </message>
    <message>
        <source>{time} · delivered</source>
        <translation>{time} · 已送达</translation>
    </message>
    <message>
        <source>You wrote {time}: {text}</source>
        <translation>{time} 您写道：{text}</translation>
    </message>
    <message>
        <source>{n} characters too many</source>
        <translation>超出 {n} 个字</translation>
    </message>
    <message>
        <source>{n} characters left</source>
        <translation>还可写 {n} 个字</translation>
    </message>
    <message>
        <source>Enter sends, Shift+Enter: new line</source>
        <translation>回车发送，Shift+回车换行</translation>
    </message>
    <message>
        <source>Nothing written yet. What you write to each other stays only as long as this window is open.</source>
        <translation>还没有写过。双方写给彼此的话，只在这个窗口打开期间保留。</translation>
    </message>
    <message>
        <source>Encrypted, straight to the other person</source>
        <translation>已加密，直接送达对方</translation>
    </message>
    <message>
        <source>Encrypted, through the institution&apos;s server</source>
        <translation>已加密，经机构服务器转送</translation>
    </message>
    <message>
        <source>Kept here for now, sent when the line is back</source>
        <translation>先保留在这里，接通后自动发出</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>写点什么</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
</context>
<context>
    <name>EndedView</name>
    <message>
        <source>Stopped before anybody met</source>
        <translation>已取消，尚未与任何人接通</translation>
    </message>
    <message>
        <source>The invite cannot be used any more.</source>
        <translation>这个邀请码不能再使用了。</translation>
    </message>
    <message>
        <source>You can begin again whenever you like.</source>
        <translation>您可以随时重新开始。</translation>
    </message>
    <message>
        <source>The other person has ended the session</source>
        <translation>对方已结束本次会谈</translation>
    </message>
    <message>
        <source>The session has ended</source>
        <translation>本次会谈已结束</translation>
    </message>
    <message>
        <source>Camera and microphone are off. SafeSession has not recorded anything.</source>
        <translation>摄像头和麦克风已关闭。SafeSession 没有录下任何内容。</translation>
    </message>
    <message>
        <source>You were together for {time}</source>
        <translation>本次会谈时长 {time}</translation>
    </message>
    <message>
        <source>Take a moment for yourself: breathe, drink some water, and let the conversation settle.</source>
        <translation>给自己一点时间：深呼吸，喝口水，让刚才的谈话慢慢沉淀。</translation>
    </message>
    <message>
        <source>Take a moment before the next session, and complete your notes soon.</source>
        <translation>下一次会谈前稍作休息，并尽早完成记录。</translation>
    </message>
    <message>
        <source>These texts did not reach the other person</source>
        <translation>这些文字还没有送达对方</translation>
    </message>
    <message>
        <source>Copy them</source>
        <translation>复制文字</translation>
    </message>
    <message>
        <source>Discard them</source>
        <translation>丢弃这些文字</translation>
    </message>
    <message>
        <source>New invite</source>
        <translation>新的邀请</translation>
    </message>
    <message>
        <source>Enter a code</source>
        <translation>输入邀请码</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>关闭窗口</translation>
    </message>
</context>
<context>
    <name>FirstRunView</name>
    <message>
        <source>Enter the address as you were given it, for example https://sessions.example.org</source>
        <translation>请按收到的样子填写地址，例如 https://sessions.example.org</translation>
    </message>
    <message>
        <source>Enter the token your institution gave you</source>
        <translation>请填写机构给您的登记令牌</translation>
    </message>
    <message>
        <source>Enter the name your clients know you by</source>
        <translation>请填写来访者对您的称呼</translation>
    </message>
    <message>
        <source>Please keep it to 40 characters</source>
        <translation>请不要超过 40 个字</translation>
    </message>
    <message>
        <source>A quiet room for two</source>
        <translation>两个人的安静房间</translation>
    </message>
    <message>
        <source>SafeSession connects two people, and nobody else can listen. What brings you here?</source>
        <translation>SafeSession 只连接两个人，旁人无法听到。您想怎样开始？</translation>
    </message>
    <message>
        <source>I have an invite code</source>
        <translation>我有邀请码</translation>
    </message>
    <message>
        <source>Somebody sent you 16 digits or a link. No account needed.</source>
        <translation>有人给了您 16 位数字或一个链接。不需要账号。</translation>
    </message>
    <message>
        <source>I am a counselor</source>
        <translation>我是咨询师</translation>
    </message>
    <message>
        <source>You create invites for your institution.</source>
        <translation>您为机构的来访者创建邀请。</translation>
    </message>
    <message>
        <source>Set up this computer</source>
        <translation>设置这台电脑</translation>
    </message>
    <message>
        <source>Your institution gave you an address and a token that works once.</source>
        <translation>机构会给您一个地址，以及一个只能使用一次的令牌。</translation>
    </message>
    <message>
        <source>Your clients see this name.</source>
        <translation>来访者会看到这个名字。</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>您的名字</translation>
    </message>
    <message>
        <source>Almost there</source>
        <translation>就快好了</translation>
    </message>
    <message>
        <source>Both fields may stay empty.</source>
        <translation>两项都可以不填。</translation>
    </message>
    <message>
        <source>This field may stay empty.</source>
        <translation>这一项可以不填。</translation>
    </message>
    <message>
        <source>Only your counselor sees it.</source>
        <translation>只有您的咨询师能看到。</translation>
    </message>
    <message>
        <source>How you would like to be called</source>
        <translation>希望怎样称呼您</translation>
    </message>
    <message>
        <source>Not needed if you were sent a link.</source>
        <translation>如果收到的是链接，就不用填写。</translation>
    </message>
    <message>
        <source>Server address</source>
        <translation>服务器地址</translation>
    </message>
    <message>
        <source>Enrolment token</source>
        <translation>登记令牌</translation>
    </message>
    <message>
        <source>This computer is shared</source>
        <translation>这台电脑与别人共用</translation>
    </message>
    <message>
        <source>Then SafeSession keeps no text, no name and no server address here. After a crash, unsent text is lost.</source>
        <translation>勾选后，SafeSession 不在这里保留文字、称呼和服务器地址。万一程序意外停止，未发出的文字会丢失。</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>FrozenView</name>
    <message>
        <source>Leave this session.</source>
        <translation>离开本次会谈。</translation>
    </message>
    <message>
        <source>Call each other on a number you already know, not one from here.</source>
        <translation>用你们早已知道的电话号码联系对方，不要用这里看到的号码。</translation>
    </message>
    <message>
        <source>Meet again with a new invite code.</source>
        <translation>用新的邀请码重新见面。</translation>
    </message>
    <message>
        <source>What to do now</source>
        <translation>现在可以这样做</translation>
    </message>
    <message>
        <source>A misheard word is the usual reason. Stopping is still right: it costs a minute, and it keeps you safe.</source>
        <translation>多数时候只是听错了一个词。停下来仍然是对的：只多花一分钟，却能保护你们。</translation>
    </message>
    <message>
        <source>Leave the session</source>
        <translation>离开会谈</translation>
    </message>
    <message>
        <source>Compare new words</source>
        <translation>换新词再核对</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Switch the language to {name}</source>
        <translation>切换语言为 {name}</translation>
    </message>
    <message>
        <source>Devices, text size and appearance</source>
        <translation>设备、字号与外观</translation>
    </message>
    <message>
        <source>Help (F1)</source>
        <translation>帮助（F1）</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>What is private here</source>
        <translation>这里怎样保护隐私</translation>
    </message>
    <message>
        <source>Sound, picture and text are encrypted from one computer to the other. The institution&apos;s server passes sealed envelopes on and cannot open them. Comparing the safety code by voice shows that nobody sits in between. SafeSession records nothing; it cannot stop somebody from pointing another camera at the screen.</source>
        <translation>声音、画面和文字从一台电脑加密到另一台电脑。机构的服务器只转交密封的信封，无法打开。用声音核对安全码，可以确认中间没有别人。SafeSession 不做任何录制；但无法阻止有人用别的相机对着屏幕拍摄。</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>Microphone on or off</source>
        <translation>开关麦克风</translation>
    </message>
    <message>
        <source>Camera on or off</source>
        <translation>开关摄像头</translation>
    </message>
    <message>
        <source>Open or close text</source>
        <translation>打开或关闭文字</translation>
    </message>
    <message>
        <source>Open or close the safety code</source>
        <translation>打开或关闭安全码</translation>
    </message>
    <message>
        <source>This help</source>
        <translation>本帮助</translation>
    </message>
    <message>
        <source>Close what is open</source>
        <translation>关闭当前面板</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>InviteView</name>
    <message>
        <source>Valid until {moment} ({left})</source>
        <translation>有效期至 {moment}（{left}）</translation>
    </message>
    <message>
        <source>A wrong code was tried once. After three wrong tries this invite is cancelled.</source>
        <translation>有人用错误的邀请码尝试了 1 次。满 3 次后这个邀请码会作废。</translation>
    </message>
    <message>
        <source>A wrong code was tried {n} times. After three wrong tries this invite is cancelled.</source>
        <translation>有人用错误的邀请码尝试了 {n} 次。满 3 次后这个邀请码会作废。</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>正在联系服务器…</translation>
    </message>
    <message>
        <source>Create invite</source>
        <translation>创建邀请</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Hand this code over</source>
        <translation>请转交这个邀请码</translation>
    </message>
    <message>
        <source>New invite</source>
        <translation>新的邀请</translation>
    </message>
    <message>
        <source>Read it aloud, send it, or let it be scanned. The session opens by itself once your client has entered it.</source>
        <translation>可以念给对方、发送给对方，或让对方扫码。来访者输入后，会谈会自动开始。</translation>
    </message>
    <message>
        <source>You get a code of 16 digits. One person can use it, once.</source>
        <translation>您会得到一个 16 位邀请码，只供一个人使用一次。</translation>
    </message>
    <message>
        <source>Invite code {code}</source>
        <translation>邀请码 {code}</translation>
    </message>
    <message>
        <source>How long should it be valid?</source>
        <translation>有效多久？</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>48 hours</source>
        <translation>48 小时</translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 天</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>For one person, one use</source>
        <translation>只供一个人使用一次</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制邀请文字</translation>
    </message>
    <message>
        <source>Copy code only</source>
        <translation>只复制邀请码</translation>
    </message>
    <message>
        <source>Discreet message (does not mention counseling)</source>
        <translation>低调文字（不提及咨询）</translation>
    </message>
    <message>
        <source>QR code with the same invite</source>
        <translation>含同一邀请的二维码</translation>
    </message>
    <message>
        <source>Scan with a phone</source>
        <translation>用手机扫码</translation>
    </message>
    <message>
        <source>Session time</source>
        <translation>会谈时间</translation>
    </message>
    <message>
        <source>Save calendar file…</source>
        <translation>保存日历文件…</translation>
    </message>
    <message>
        <source>Waiting for your client…</source>
        <translation>正在等候来访者…</translation>
    </message>
    <message>
        <source>Withdraw this invite</source>
        <translation>撤回邀请</translation>
    </message>
    <message>
        <source>The file could not be written there. Please choose another place.</source>
        <translation>那个位置暂时不能保存，请换一个位置。</translation>
    </message>
    <message>
        <source>Calendar file saved, without the code</source>
        <translation>日历文件已保存，其中不含邀请码</translation>
    </message>
    <message>
        <source>Copied. Paste it where only your client reads it</source>
        <translation>已复制。请粘贴到只有来访者能看到的地方</translation>
    </message>
    <message>
        <source>Code copied</source>
        <translation>邀请码已复制</translation>
    </message>
</context>
<context>
    <name>JoinView</name>
    <message>
        <source>Entering…</source>
        <translation>正在进入…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
    <message>
        <source>Enter the code your counselor gave you, or paste the link. Take your time; nothing happens until you continue.</source>
        <translation>请输入咨询师给您的邀请码，或粘贴链接。不用着急，点“继续”之前什么都不会发生。</translation>
    </message>
    <message>
        <source>Invite code</source>
        <translation>邀请码</translation>
    </message>
    <message>
        <source>Invite code, 16 digits, or a link</source>
        <translation>邀请码，16 位数字，或链接</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Shared computer: no text, name or server address is kept here.</source>
        <translation>共用电脑：这里不保留文字、称呼和服务器地址。</translation>
    </message>
    <message>
        <source>This is a link: nothing more to type</source>
        <translation>这是一个链接，不用再输入别的</translation>
    </message>
    <message>
        <source>16 digits; spaces and dashes do not matter</source>
        <translation>共 16 位数字，空格和横线都可以</translation>
    </message>
    <message>
        <source>{n} of {all} digits</source>
        <translation>已输入 {n} 位，共 {all} 位</translation>
    </message>
    <message>
        <source>This link leads to another server: {name}. Go on only if your institution told you so.</source>
        <translation>这个链接指向另一台服务器：{name}。请在机构告知过您的情况下再继续。</translation>
    </message>
    <message>
        <source>Use this server</source>
        <translation>使用它</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Next try in {n} s.</source>
        <translation>{n} 秒后自动再试。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
</context>
<context>
    <name>Menu</name>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>扬声器</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>My voice</source>
        <translation>我的声音</translation>
    </message>
    <message>
        <source>No echo cancellation here: use headphones</source>
        <translation>这台电脑不能消除回声，请使用耳机</translation>
    </message>
    <message>
        <source>Take out the echo of the loudspeaker</source>
        <translation>消除扬声器回声</translation>
    </message>
    <message>
        <source>Take out noise</source>
        <translation>降低噪声</translation>
    </message>
    <message>
        <source>Even out the loudness</source>
        <translation>自动调整音量</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>字号</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>This computer is shared with others</source>
        <translation>这台电脑与别人共用</translation>
    </message>
</context>
<context>
    <name>PairingView</name>
    <message>
        <source>You have found each other</source>
        <translation>已找到对方</translation>
    </message>
    <message>
        <source>Checking the code on both sides</source>
        <translation>正在双方核对邀请码</translation>
    </message>
    <message>
        <source>Opening an encrypted line</source>
        <translation>正在建立加密线路</translation>
    </message>
    <message>
        <source>{step}: done</source>
        <translation>{step}：已完成</translation>
    </message>
    <message>
        <source>{step}: under way</source>
        <translation>{step}：进行中</translation>
    </message>
    <message>
        <source>{step}: not yet</source>
        <translation>{step}：还没有开始</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>One moment, please</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Sound and picture start only when the line is proven private.</source>
        <translation>确认线路私密之后，才会开始传送声音和画面。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Problem</name>
    <message>
        <source>The institution&apos;s server cannot be reached for the moment.</source>
        <translation>暂时连不上机构服务器。</translation>
    </message>
    <message>
        <source>Nothing is lost; SafeSession keeps trying by itself.</source>
        <translation>您的内容不受影响，SafeSession 会自动继续尝试。</translation>
    </message>
    <message>
        <source>Check your internet connection, or choose Try again.</source>
        <translation>请检查网络，或点“再试一次”。</translation>
    </message>
    <message>
        <source>The server does not speak the same version as this program.</source>
        <translation>服务器与本程序的版本不同。</translation>
    </message>
    <message>
        <source>No connection was made and nothing was sent.</source>
        <translation>没有建立连接，也没有发送任何内容。</translation>
    </message>
    <message>
        <source>Ask your institution which version to install.</source>
        <translation>请询问机构应安装哪个版本。</translation>
    </message>
    <message>
        <source>The server does not know this computer as a counselor&apos;s.</source>
        <translation>服务器还不认识这台咨询师电脑。</translation>
    </message>
    <message>
        <source>You cannot create invites from here yet.</source>
        <translation>暂时还不能在这里创建邀请。</translation>
    </message>
    <message>
        <source>Ask your institution for an enrolment token and enter it.</source>
        <translation>请向机构索取登记令牌并填写。</translation>
    </message>
    <message>
        <source>No server is set on this computer yet.</source>
        <translation>这台电脑还没有设置服务器。</translation>
    </message>
    <message>
        <source>The digits alone do not say where to go.</source>
        <translation>只凭数字还不知道要去哪里。</translation>
    </message>
    <message>
        <source>Paste the whole link, or ask for the address.</source>
        <translation>请粘贴完整链接，或询问服务器地址。</translation>
    </message>
    <message>
        <source>One digit seems mistyped; please check the code again (16 digits).</source>
        <translation>邀请码有一位似乎输错了，请对照再核对一遍（共 16 位数字）。</translation>
    </message>
    <message>
        <source>Nothing was sent, and no try was used up.</source>
        <translation>没有发送任何内容，也没有消耗尝试次数。</translation>
    </message>
    <message>
        <source>Compare the digits in groups of four, then continue.</source>
        <translation>请四位一组对照，然后继续。</translation>
    </message>
    <message>
        <source>The code is not complete: it has 16 digits.</source>
        <translation>邀请码还不完整，共 16 位数字。</translation>
    </message>
    <message>
        <source>Nothing was sent.</source>
        <translation>没有发送任何内容。</translation>
    </message>
    <message>
        <source>Add the missing digits, then continue.</source>
        <translation>请补全数字，然后继续。</translation>
    </message>
    <message>
        <source>This link cannot be read.</source>
        <translation>这个链接无法识别。</translation>
    </message>
    <message>
        <source>Copy the whole link again, or type the 16 digits instead.</source>
        <translation>请重新复制完整链接，或直接输入 16 位数字。</translation>
    </message>
    <message>
        <source>This code cannot be used now.</source>
        <translation>这个邀请码现在不能使用。</translation>
    </message>
    <message>
        <source>You have not been connected to anybody.</source>
        <translation>您没有与任何人接通。</translation>
    </message>
    <message>
        <source>Please ask your counselor or reception to send you a new one.</source>
        <translation>请联系您的咨询师或前台，重新发送一个。</translation>
    </message>
    <message>
        <source>The two codes do not match.</source>
        <translation>双方的邀请码不一致。</translation>
    </message>
    <message>
        <source>Nobody could see or hear you.</source>
        <translation>没有人看到或听到您。</translation>
    </message>
    <message>
        <source>Check the code with the other person and enter it again.</source>
        <translation>请与对方核对邀请码，然后重新输入。</translation>
    </message>
    <message>
        <source>A wrong code was tried three times.</source>
        <translation>有人用错误的邀请码尝试了 3 次。</translation>
    </message>
    <message>
        <source>This invite has been cancelled; nobody got in.</source>
        <translation>这个邀请码已作废，没有人进入。</translation>
    </message>
    <message>
        <source>A new invite is needed: the counselor can create one now.</source>
        <translation>需要新的邀请码，咨询师现在就可以创建。</translation>
    </message>
    <message>
        <source>The server asks to wait a little before the next try.</source>
        <translation>服务器请您稍等片刻再试。</translation>
    </message>
    <message>
        <source>Your code stays valid.</source>
        <translation>您的邀请码仍然有效。</translation>
    </message>
    <message>
        <source>Please try again in a moment.</source>
        <translation>请过一会儿再试。</translation>
    </message>
    <message>
        <source>This session was opened in another window.</source>
        <translation>本次会谈已在另一个窗口打开。</translation>
    </message>
    <message>
        <source>Only one window can be in the room, so this one has stopped.</source>
        <translation>房间里只能有一个窗口，所以这个窗口已停止。</translation>
    </message>
    <message>
        <source>Go on in the newer window, or close this one.</source>
        <translation>请在新窗口继续，或关闭这个窗口。</translation>
    </message>
    <message>
        <source>The other person has left.</source>
        <translation>对方已离开。</translation>
    </message>
    <message>
        <source>Sound and picture have stopped on both sides.</source>
        <translation>双方的声音和画面都已停止。</translation>
    </message>
    <message>
        <source>You can close this window or begin a new session.</source>
        <translation>您可以关闭窗口，或开始新的会谈。</translation>
    </message>
    <message>
        <source>Something arrived that does not belong to this session.</source>
        <translation>收到了不属于本次会谈的内容。</translation>
    </message>
    <message>
        <source>It was thrown away and the connection was closed.</source>
        <translation>内容已丢弃，连接已关闭。</translation>
    </message>
    <message>
        <source>Begin again with a new invite; tell your institution about it.</source>
        <translation>请用新的邀请码重新开始，并告知机构。</translation>
    </message>
    <message>
        <source>The other side uses a different device key than before.</source>
        <translation>对方的设备密钥与之前不同。</translation>
    </message>
    <message>
        <source>To be safe, no sound and no picture was exchanged.</source>
        <translation>为了安全，没有交换任何声音和画面。</translation>
    </message>
    <message>
        <source>Call each other on a known number and ask for a new invite.</source>
        <translation>请用已知的电话号码联系对方，并索取新的邀请码。</translation>
    </message>
    <message>
        <source>No path between the two computers was found yet.</source>
        <translation>两台电脑之间还没有找到通路。</translation>
    </message>
    <message>
        <source>Text still goes over the institution&apos;s server, encrypted.</source>
        <translation>文字仍可经机构服务器加密传送。</translation>
    </message>
    <message>
        <source>Try again, or use another network such as a phone&apos;s hotspot.</source>
        <translation>请再试一次，或换一个网络，例如手机热点。</translation>
    </message>
    <message>
        <source>The connection could not be proven to be private.</source>
        <translation>暂时无法确认线路是私密的。</translation>
    </message>
    <message>
        <source>No picture was shown and no sound was played or sent.</source>
        <translation>没有显示画面，也没有播放或发送声音。</translation>
    </message>
    <message>
        <source>Leave, change the network if you can, and use a new invite.</source>
        <translation>请离开，尽量换一个网络，并使用新的邀请码。</translation>
    </message>
    <message>
        <source>The safety codes were not the same.</source>
        <translation>双方的安全码不一致。</translation>
    </message>
    <message>
        <source>Leave, then call each other on a number you already know.</source>
        <translation>请离开，然后用早已知道的号码联系对方。</translation>
    </message>
    <message>
        <source>The time of this invite is over.</source>
        <translation>这个邀请码已过有效期。</translation>
    </message>
    <message>
        <source>Nobody can enter with this code any more.</source>
        <translation>不能再用它进入。</translation>
    </message>
    <message>
        <source>Create a new invite and pass it on.</source>
        <translation>请创建新的邀请并转交。</translation>
    </message>
    <message>
        <source>This copy of SafeSession did not pass its own check.</source>
        <translation>这份 SafeSession 没有通过自检。</translation>
    </message>
    <message>
        <source>To protect you, it does not start any session.</source>
        <translation>为了保护您，它不会开始任何会谈。</translation>
    </message>
    <message>
        <source>Install SafeSession again or ask your institution for help.</source>
        <translation>请重新安装 SafeSession，或请机构协助。</translation>
    </message>
    <message>
        <source>Something in this program went wrong.</source>
        <translation>程序内部出现了意外情况。</translation>
    </message>
    <message>
        <source>The session was stopped; nothing more is sent.</source>
        <translation>会谈已停止，不会再发送任何内容。</translation>
    </message>
    <message>
        <source>Begin again. If it comes back, tell your institution.</source>
        <translation>请重新开始。如果再次出现，请告知机构。</translation>
    </message>
</context>
<context>
    <name>SafetyView</name>
    <message>
        <source>Ready as soon as the line stands.</source>
        <translation>接通后即可核对。</translation>
    </message>
    <message>
        <source>That is right. Now read your words once more; the other person is still choosing.</source>
        <translation>选对了。请再念一遍您的词，对方还在选择。</translation>
    </message>
    <message>
        <source>You are alone with each other. Nobody sits between.</source>
        <translation>这里只有你们两个人，中间没有别人。</translation>
    </message>
    <message>
        <source>Verified at {time}. You are alone with each other; nobody sits between.</source>
        <translation>{time} 已核验。这里只有你们两个人，中间没有别人。</translation>
    </message>
    <message>
        <source>The words were not the same. Sound and picture stop.</source>
        <translation>词语不一致。声音和画面已停止。</translation>
    </message>
    <message>
        <source>One moment, checking…</source>
        <translation>请稍候，正在核对…</translation>
    </message>
    <message>
        <source>You each read two words aloud and pick what you heard. If they fit, you know that this line ends at the person you see, and that nobody is listening in between. It takes about 15 seconds.</source>
        <translation>双方各念出两个词，再选出听到的词。如果一致，就说明线路另一端正是您看到的人，中间没有人在听。大约需要 15 秒。</translation>
    </message>
    <message>
        <source>Compare again</source>
        <translation>再核对一次</translation>
    </message>
    <message>
        <source>Start comparing</source>
        <translation>开始核对</translation>
    </message>
    <message>
        <source>1. Read this number aloud</source>
        <translation>1. 请念出这个数字</translation>
    </message>
    <message>
        <source>1. Read these two aloud</source>
        <translation>1. 请念出这两个词</translation>
    </message>
    <message>
        <source>2. What did you hear?</source>
        <translation>2. 您听到了什么？</translation>
    </message>
    <message>
        <source>Pick only what the other person said aloud.</source>
        <translation>请只选对方亲口念出的。</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>都不是</translation>
    </message>
    <message>
        <source>Use words instead</source>
        <translation>改用词语</translation>
    </message>
    <message>
        <source>Use numbers instead</source>
        <translation>改用数字</translation>
    </message>
</context>
<context>
    <name>ServerLine</name>
    <message>
        <source>The link names the server</source>
        <translation>链接中会注明服务器</translation>
    </message>
    <message>
        <source>Server: {name}</source>
        <translation>服务器：{name}</translation>
    </message>
    <message>
        <source>Server: {name} · connected</source>
        <translation>服务器：{name} · 已连接</translation>
    </message>
    <message>
        <source>Server: {name} · connecting…</source>
        <translation>服务器：{name} · 正在连接…</translation>
    </message>
    <message>
        <source>Server: {name} · no answer yet</source>
        <translation>服务器：{name} · 暂无回应</translation>
    </message>
</context>
<context>
    <name>Time</name>
    <message>
        <source>less than a minute left</source>
        <translation>不到 1 分钟</translation>
    </message>
    <message>
        <source>1 minute left</source>
        <translation>还有 1 分钟</translation>
    </message>
    <message>
        <source>{n} minutes left</source>
        <translation>还有 {n} 分钟</translation>
    </message>
    <message>
        <source>{n} hours left</source>
        <translation>还有 {n} 小时</translation>
    </message>
    <message>
        <source>{n} days left</source>
        <translation>还有 {n} 天</translation>
    </message>
</context>
<context>
    <name>Unsent</name>
    <message>
        <source>Discard what was not delivered?</source>
        <translation>要丢弃未送达的文字吗？</translation>
    </message>
    <message>
        <source>It cannot be brought back.</source>
        <translation>丢弃后无法找回。</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Texts whose arrival was not confirmed: {n}. They are on this computer only.</source>
        <translation>未确认送达的文字：{n} 条。它们只在这台电脑上。</translation>
    </message>
    <message>
        <source>Not delivered last time</source>
        <translation>上次未送达</translation>
    </message>
    <message>
        <source>Use it here</source>
        <translation>放到这里</translation>
    </message>
    <message>
        <source>Put into the message field</source>
        <translation>放入输入框</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>What could not be sent is kept here, locked.</source>
        <translation>未能发出的文字会加密保留在这里。</translation>
    </message>
    <message>
        <source>What could not be sent is lost if SafeSession stops: this computer has no safe place for it.</source>
        <translation>这台电脑没有安全的地方保存未发出的文字：SafeSession 一旦停止，它们就会丢失。</translation>
    </message>
    <message>
        <source>Shared computer: nothing you write is kept here.</source>
        <translation>共用电脑：您写的内容不会保留在这里。</translation>
    </message>
    <message>
        <source>They stay here, locked, and are offered again next time.</source>
        <translation>它们会加密保留在这里，下次打开时再次提供给您。</translation>
    </message>
    <message>
        <source>They are gone once this window closes.</source>
        <translation>关闭这个窗口后，它们就没有了。</translation>
    </message>
</context>
<context>
    <name>WaitingView</name>
    <message>
        <source>Your counselor knows you are here</source>
        <translation>咨询师知道您到了</translation>
    </message>
    <message>
        <source>You have arrived. Your counselor will let you in at the agreed time</source>
        <translation>您已到达。咨询师会在约定时间请您进入</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Microphone is on</source>
        <translation>麦克风已开启</translation>
    </message>
    <message>
        <source>Microphone is off</source>
        <translation>麦克风已关闭</translation>
    </message>
    <message>
        <source>Camera is on</source>
        <translation>摄像头已开启</translation>
    </message>
    <message>
        <source>Camera is off</source>
        <translation>摄像头已关闭</translation>
    </message>
    <message>
        <source>Switch the microphone off, it is on</source>
        <translation>关闭麦克风，当前已开启</translation>
    </message>
    <message>
        <source>Switch the microphone on, it is off</source>
        <translation>开启麦克风，当前已关闭</translation>
    </message>
    <message>
        <source>Switch the camera off, it is on</source>
        <translation>关闭摄像头，当前已开启</translation>
    </message>
    <message>
        <source>Switch the camera on, it is off</source>
        <translation>开启摄像头，当前已关闭</translation>
    </message>
    <message>
        <source>Waiting room</source>
        <translation>等候室</translation>
    </message>
    <message>
        <source>Only you see this picture</source>
        <translation>这个画面只有您能看到</translation>
    </message>
    <message>
        <source>Leave quietly</source>
        <translation>安静离开</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>SafeSession · Counselor</source>
        <translation>SafeSession · 咨询师</translation>
    </message>
    <message>
        <source>SafeSession</source>
        <translation>SafeSession</translation>
    </message>
    <message>
        <source>End this session?</source>
        <translation>结束本次会谈？</translation>
    </message>
    <message>
        <source>Sound and picture stop for both of you. What you wrote to each other is not kept.</source>
        <translation>双方的声音和画面都会停止。双方写给彼此的话不会保留。</translation>
    </message>
    <message>
        <source>End session</source>
        <translation>结束会谈</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>留下</translation>
    </message>
</context>
</TS>
