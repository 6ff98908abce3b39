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
        <source>Connection lost, reconnecting. The other person cannot see or hear you.</source>
        <translation>网络中断，正在重新连接。对方看不到也听不到您。</translation>
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
        <source>The connection is unsteady</source>
        <translation>网络不稳定</translation>
    </message>
    <message>
        <source>The connection is steady again</source>
        <translation>网络恢复稳定</translation>
    </message>
    <message>
        <source>The session is suspended; its clock has stopped</source>
        <translation>会谈已暂停，停止计时</translation>
    </message>
    <message>
        <source>Not back yet: your counselor calls you, as the plan says</source>
        <translation>还没有恢复：咨询师会按预案给您打电话</translation>
    </message>
    <message>
        <source>Not back yet: call the client, as the plan says</source>
        <translation>还没有恢复：请按预案给来访者打电话</translation>
    </message>
    <message>
        <source>The safety code was confirmed</source>
        <translation>安全码已核对一致</translation>
    </message>
</context>
<context>
    <name>Attachments</name>
    <message>
        <source>Attached files</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Save {name} elsewhere</source>
        <translation>将 {name} 另存到别处</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
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
        <source>{time} · clock stopped</source>
        <translation>{time} · 暂停计时</translation>
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
        <source>Close this panel</source>
        <translation>关闭此面板</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
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
        <source>Go on</source>
        <translation>继续</translation>
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
        <source>The microphone is off and comes back on with the line. Keep it muted then (Ctrl+D)</source>
        <translation>麦克风已关闭，接通后会重新开启。接通后保持静音（Ctrl+D）</translation>
    </message>
    <message>
        <source>The microphone is off and stays muted. Switch it on with the line (Ctrl+D)</source>
        <translation>麦克风已关闭，接通后仍静音。接通后开启（Ctrl+D）</translation>
    </message>
    <message>
        <source>The camera is off and comes back on with the line. Keep it off then (Ctrl+E)</source>
        <translation>摄像头已关闭，接通后会重新开启。接通后保持关闭（Ctrl+E）</translation>
    </message>
    <message>
        <source>The camera is off and stays off. Switch it on with the line (Ctrl+E)</source>
        <translation>摄像头已关闭，接通后仍关闭。接通后开启（Ctrl+E）</translation>
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
        <source>Close the notes, they are open (Ctrl+Shift+N)</source>
        <translation>关闭笔记，当前已打开（Ctrl+Shift+N）</translation>
    </message>
    <message>
        <source>Open the notes (Ctrl+Shift+N)</source>
        <translation>打开笔记（Ctrl+Shift+N）</translation>
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
        <source>{time} · waiting for the line</source>
        <translation>{time} · 等待接通</translation>
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
    <name>ClientOverlay</name>
    <message>
        <source>Change code and name</source>
        <translation>修改代号与姓名</translation>
    </message>
    <message>
        <source>New client&apos;s file</source>
        <translation>新建来访者档案</translation>
    </message>
    <message>
        <source>Code, shown in lists</source>
        <translation>代号（列表中显示）</translation>
    </message>
    <message>
        <source>Name (may stay empty)</source>
        <translation>姓名（可不填）</translation>
    </message>
    <message>
        <source>The name is shown only while the privacy view is off.</source>
        <translation>只有关闭隐私视图时才显示姓名。</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>建立档案</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>CustodyLog</name>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Taken out</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Kept and deleted</source>
        <translation>保留与删除</translation>
    </message>
    <message>
        <source>Failed tries</source>
        <translation>未成功的尝试</translation>
    </message>
    <message>
        <source>File deleted; notes in it: {n}</source>
        <translation>删除档案，含笔记 {n} 篇</translation>
    </message>
    <message>
        <source>line {n}</source>
        <translation>第 {n} 行</translation>
    </message>
    <message>
        <source>Checking line {n} of {all} …</source>
        <translation>正在核对第 {n} 行，共 {all} 行…</translation>
    </message>
    <message>
        <source>The log was changed: line {n} does not fit the one before it. The {good} lines before it are as they were written. Keep a backup as it is and tell your institution.</source>
        <translation>日志被改动过：第 {n} 行与前一行接不上。它之前的 {good} 行与写入时一致。请原样保存一份备份，并告知您的机构。</translation>
    </message>
    <message>
        <source>Complete since {time}: all {n} lines fit together and carry this vault&apos;s signature. None was changed, taken out or put in between.</source>
        <translation>自 {time} 起完整：全部 {n} 行前后相接，并带有本保险库的签名，没有一行被改动、取走或插入。</translation>
    </message>
    <message>
        <source>When the vault was unlocked at these times, an older or another copy lay in its place: {times}. Ask your institution who had this computer then.</source>
        <translation>保险库在以下时间解锁时，原处放着的是较旧的或另一份副本：{times}。请向您的机构了解当时谁在使用这台电脑。</translation>
    </message>
    <message>
        <source>The evidence in the system&apos;s keyring agrees: nothing is missing at the end, and no older copy was put in place of this vault.</source>
        <translation>系统密钥环里的凭证相符：末尾没有缺失，也没有人用旧副本替换这个保险库。</translation>
    </message>
    <message>
        <source>The evidence in the system&apos;s keyring knows of later lines than this log has: an older copy was put in place of this vault, or its end was cut off. Compare with your last backup.</source>
        <translation>系统密钥环里的凭证所记的行比这份日志更晚：可能有人用旧副本替换了这个保险库，或截去了末尾。请与最近的备份比对。</translation>
    </message>
    <message>
        <source>The evidence in the system&apos;s keyring belongs to another history than this log&apos;s. Compare with your last backup and tell your institution.</source>
        <translation>系统密钥环里的凭证属于另一段历史，与这份日志不同。请与最近的备份比对，并告知您的机构。</translation>
    </message>
    <message>
        <source>There is no evidence outside the vault to compare with. Only a backup can show whether lines are missing at the end.</source>
        <translation>保险库之外没有可比对的凭证。只有备份能显示末尾是否缺少几行。</translation>
    </message>
    <message>
        <source>{code}, {kind} of {day}</source>
        <translation>{code}，{day}的{kind}</translation>
    </message>
    <message>
        <source>note no. {n}, deleted since</source>
        <translation>第 {n} 号笔记，已删除</translation>
    </message>
    <message>
        <source>file no. {n}, deleted</source>
        <translation>第 {n} 号档案，已删除</translation>
    </message>
    <message>
        <source>Vault unlocked; an older or another copy lay in its place</source>
        <translation>解锁保险库；原处放着较旧的或另一份副本</translation>
    </message>
    <message>
        <source>Vault unlocked</source>
        <translation>解锁保险库</translation>
    </message>
    <message>
        <source>Attached file taken out</source>
        <translation>导出附件</translation>
    </message>
    <message>
        <source>Taken out as PDF; records: {records}</source>
        <translation>导出为 PDF，正式记录 {records} 篇</translation>
    </message>
    <message>
        <source>Taken out as archive; records: {records}</source>
        <translation>导出为加密档案包，正式记录 {records} 篇</translation>
    </message>
    <message>
        <source>{words}; process notes: {n}</source>
        <translation>{words}，过程笔记 {n} 篇</translation>
    </message>
    <message>
        <source>File is kept longer, until {day}</source>
        <translation>档案延长保留至{day}</translation>
    </message>
    <message>
        <source>File follows the vault&apos;s period again</source>
        <translation>档案恢复按保险库的期限保留</translation>
    </message>
    <message>
        <source>Period of keeping set to {years}</source>
        <translation>保留期限设为 {years}</translation>
    </message>
    <message>
        <source>Vault made</source>
        <translation>建立保险库</translation>
    </message>
    <message>
        <source>Try to unlock failed</source>
        <translation>解锁未成功</translation>
    </message>
    <message>
        <source>Wrong passphrase or sheet given inside the open vault</source>
        <translation>保险库打开时输入的口令或恢复单不对</translation>
    </message>
    <message>
        <source>Note opened</source>
        <translation>打开笔记</translation>
    </message>
    <message>
        <source>Note signed</source>
        <translation>签署笔记</translation>
    </message>
    <message>
        <source>Addendum signed</source>
        <translation>签署补充</translation>
    </message>
    <message>
        <source>Keys of everything deleted were destroyed</source>
        <translation>销毁已删内容的密钥</translation>
    </message>
    <message>
        <source>Backup written</source>
        <translation>写出备份</translation>
    </message>
    <message>
        <source>Restoration rehearsed</source>
        <translation>演练恢复</translation>
    </message>
    <message>
        <source>Restored from a backup</source>
        <translation>从备份恢复</translation>
    </message>
    <message>
        <source>Damage repaired</source>
        <translation>修复损坏</translation>
    </message>
    <message>
        <source>Passphrase changed</source>
        <translation>更换口令</translation>
    </message>
    <message>
        <source>Recovery sheet changed</source>
        <translation>更换恢复单</translation>
    </message>
    <message>
        <source>Everything put under new keys</source>
        <translation>全部换用新密钥</translation>
    </message>
    <message>
        <source>Keys of an earlier version taken over</source>
        <translation>接管早先版本的密钥</translation>
    </message>
    <message>
        <source>Show older lines</source>
        <translation>显示更早的记录</translation>
    </message>
    <message>
        <source>Back to the vault</source>
        <translation>返回保险库</translation>
    </message>
    <message>
        <source>Access log</source>
        <translation>访问日志</translation>
    </message>
    <message>
        <source>It only ever grows. Each line is chained to the one before it and signed. A note counts as opened once per unlocking.</source>
        <translation>只增不减：每一行都与前一行相连，并带有签名。每次解锁后，打开同一篇笔记只记一次。</translation>
    </message>
    <message>
        <source>There is no such line.</source>
        <translation>没有这类记录。</translation>
    </message>
    <message>
        <source>Lines, newest first</source>
        <translation>日志各行，最新的在前</translation>
    </message>
</context>
<context>
    <name>Dropout</name>
    <message>
        <source>The connection is unsteady. Sound or picture may pause; please wait a moment.</source>
        <translation>网络不太稳定，声音或画面可能会停顿，请稍等一下。</translation>
    </message>
    <message>
        <source>There is no connection yet; SafeSession keeps trying by itself. The other person cannot see or hear you.</source>
        <translation>还没有接通，软件会自动继续尝试。对方看不到也听不到您。</translation>
    </message>
    <message>
        <source>Connection lost, reconnecting by itself… The other person cannot see or hear you right now; your camera and microphone are off meanwhile.</source>
        <translation>网络中断，正在自动重新连接… 对方此刻看不到也听不到您，您的摄像头和麦克风已关闭。</translation>
    </message>
    <message>
        <source>1 message is waiting; it arrives once, as soon as it can.</source>
        <translation>有 1 条文字等待送达，接通后会送到，不会重复。</translation>
    </message>
    <message>
        <source>{n} messages are waiting; each arrives once, as soon as it can.</source>
        <translation>有 {n} 条文字等待送达，接通后会送到，不会重复。</translation>
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
        <source>The line is back after {time}.</source>
        <translation>已重新接通，中断了 {time}。</translation>
    </message>
    <message>
        <source>The session is suspended</source>
        <translation>会谈已暂停</translation>
    </message>
    <message>
        <source>It takes longer: go on by phone</source>
        <translation>还需要一些时间：请用电话联系</translation>
    </message>
    <message>
        <source>If it is not back within a minute</source>
        <translation>如果 1 分钟内还没恢复</translation>
    </message>
    <message>
        <source>Please stay where you are; there is no need to open the program again.</source>
        <translation>请留在原处，不用重新打开软件。</translation>
    </message>
    <message>
        <source>Your counselor calls you on the number they have on file for you. Please keep that line free, and do not call as well.</source>
        <translation>咨询师会拨打您登记过的电话。请保持电话畅通，不要同时拨打。</translation>
    </message>
    <message>
        <source>You call the client: {number}</source>
        <translation>由您给来访者打电话：{number}</translation>
    </message>
    <message>
        <source>You call the client on the number you have on file. They keep the line free.</source>
        <translation>由您拨打来访者登记过的电话；对方会保持电话畅通。</translation>
    </message>
    <message>
        <source>The session&apos;s clock stands at {length}. At {ends} the session ends; then a new invite is needed.</source>
        <translation>计时停在 {length}。到 {ends} 仍未恢复，本次会谈结束，之后需要新的邀请码。</translation>
    </message>
    <message>
        <source>At {pauses} the session&apos;s clock pauses; at {ends} the session ends.</source>
        <translation>到 {pauses} 仍未恢复，会谈暂停计时；到 {ends} 仍未恢复，本次会谈结束。</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>接通后</translation>
    </message>
    <message>
        <source>Try again now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Voice only</source>
        <translation>只用语音</translation>
    </message>
    <message>
        <source>Voice only: try again, and leave my camera off</source>
        <translation>只用语音：再试一次，我的摄像头保持关闭</translation>
    </message>
    <message>
        <source>The whole plan</source>
        <translation>完整预案</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Your camera stays off when the line is back.</source>
        <translation>接通后您的摄像头保持关闭。</translation>
    </message>
    <message>
        <source>If the line breaks</source>
        <translation>断线预案</translation>
    </message>
    <message>
        <source>Number to call the client in this session</source>
        <translation>本次联系来访者的电话</translation>
    </message>
    <message>
        <source>Only in this window, never sent, and gone when the session is over.</source>
        <translation>只留在这个窗口里，不会发送；会谈结束后清除。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
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
        <source>You were in contact for {time}.</source>
        <translation>本次会谈接通 {time}。</translation>
    </message>
    <message>
        <source>The line was gone once, for {time}.</source>
        <translation>中断 1 次，{time}。</translation>
    </message>
    <message>
        <source>The line was gone {n} times, for {time} in all.</source>
        <translation>中断 {n} 次，共 {time}。</translation>
    </message>
    <message>
        <source>No connection came about within 15 minutes</source>
        <translation>15 分钟内没有接通</translation>
    </message>
    <message>
        <source>The line did not come back within 15 minutes, so the session has ended</source>
        <translation>网络中断 15 分钟仍未恢复，本次会谈已结束</translation>
    </message>
    <message>
        <source>Nobody ended it on purpose. Camera and microphone are off, and nothing was recorded.</source>
        <translation>没有人主动结束。摄像头和麦克风已关闭，软件没有做任何录制。</translation>
    </message>
    <message>
        <source>Your counselor or the reception gets in touch with you. To go on, you need a new code.</source>
        <translation>咨询师或机构前台会联系您。要继续会谈，需要一个新的邀请码。</translation>
    </message>
    <message>
        <source>Call the client, as the plan says. To go on now, make a new invite; else agree on another time.</source>
        <translation>请按预案给来访者打电话。要现在继续，请创建新的邀请码；否则另约时间。</translation>
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
        <source>Write your note</source>
        <translation>写本次记录</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>关闭窗口</translation>
    </message>
</context>
<context>
    <name>ExportOverlay</name>
    <message>
        <source>The two are not the same yet.</source>
        <translation>两次输入还不一致。</translation>
    </message>
    <message>
        <source>Opens with the passphrase alone, on any computer with SafeSession. Attached files are inside.</source>
        <translation>凭此口令即可在任何装有 SafeSession 的电脑上打开，附件也在其中。</translation>
    </message>
    <message>
        <source>Anybody who has the file can read it. Attached files are named, not included.</source>
        <translation>拿到这个文件的人都能阅读。附件只列出名称，不包含内容。</translation>
    </message>
    <message>
        <source>Take out of the vault</source>
        <translation>从保险库导出</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>As</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>This note</source>
        <translation>这一篇</translation>
    </message>
    <message>
        <source>All formal records of this client</source>
        <translation>这位来访者的全部正式记录</translation>
    </message>
    <message>
        <source>Yes, this process note</source>
        <translation>是的，导出这篇过程笔记</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Encrypted archive</source>
        <translation>加密档案包</translation>
    </message>
    <message>
        <source>Passphrase of this archive</source>
        <translation>此档案包的口令</translation>
    </message>
    <message>
        <source>The same once more</source>
        <translation>再输入一次</translation>
    </message>
    <message>
        <source>Choose where…</source>
        <translation>选择位置…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>FileDialog</name>
    <message>
        <source>Folder:</source>
        <translation>文件夹：</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>名称：</translation>
    </message>
    <message>
        <source>Kind:</source>
        <translation>类型：</translation>
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
        <source>I have a backup</source>
        <translation>我有备份</translation>
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
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Notes (Ctrl+Shift+N)</source>
        <translation>笔记（Ctrl+Shift+N）</translation>
    </message>
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
        <source>Open or leave the notes (counselors)</source>
        <translation>打开或离开笔记（咨询师）</translation>
    </message>
    <message>
        <source>Search the notes (counselors)</source>
        <translation>搜索笔记（咨询师）</translation>
    </message>
    <message>
        <source>Lock the vault (counselors)</source>
        <translation>锁定保险库（咨询师）</translation>
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
        <source>You may close SafeSession meanwhile: the code stays valid and is here again at the next start. Your client gets in only while it is open.</source>
        <translation>在此期间您可以关闭 SafeSession：邀请码仍然有效，下次启动时再次显示。打开着它，来访者才能进来。</translation>
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
        <source>Soft sound when the line breaks or comes back</source>
        <translation>断线和接通时轻声提示</translation>
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
        <source>If the line breaks…</source>
        <translation>断线预案…</translation>
    </message>
    <message>
        <source>This computer is shared with others</source>
        <translation>这台电脑与别人共用</translation>
    </message>
</context>
<context>
    <name>NewNote</name>
    <message>
        <source>New note</source>
        <translation>新建笔记</translation>
    </message>
    <message>
        <source>Begin with headings</source>
        <translation>使用模板</translation>
    </message>
    <message>
        <source>None, write freely</source>
        <translation>不用模板，自由书写</translation>
    </message>
    <message>
        <source>Headings in</source>
        <translation>模板语言</translation>
    </message>
    <message>
        <source>Your institution&apos;s templates…</source>
        <translation>机构自有模板…</translation>
    </message>
    <message>
        <source>Session time</source>
        <translation>咨询时间</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>开始书写</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>NoteEditor</name>
    <message>
        <source>Saved {time}</source>
        <translation>已保存 {time}</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>还没有保存</translation>
    </message>
    <message>
        <source>Open: can be changed</source>
        <translation>未签署，可以修改</translation>
    </message>
    <message>
        <source>Signed {time}, unchanged since</source>
        <translation>{time} 签署，此后未改动</translation>
    </message>
    <message>
        <source>Signed {time}; the signature does not fit any more</source>
        <translation>{time} 签署；签名与内容已不相符</translation>
    </message>
    <message>
        <source>Addendum {n}, signed {time}</source>
        <translation>补充 {n}，{time} 签署</translation>
    </message>
    <message>
        <source>Addendum, not added yet: {title}</source>
        <translation>尚未加入的补充：{title}</translation>
    </message>
    <message>
        <source>Before: {title}, {day}</source>
        <translation>上一篇：{title}，{day}</translation>
    </message>
    <message>
        <source>Previous note</source>
        <translation>对照上一篇</translation>
    </message>
    <message>
        <source>Close previous</source>
        <translation>收起上一篇</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Title of the note</source>
        <translation>笔记标题</translation>
    </message>
    <message>
        <source>Text of the note</source>
        <translation>笔记正文</translation>
    </message>
    <message>
        <source>Write here…</source>
        <translation>在此书写…</translation>
    </message>
    <message>
        <source>Text of the previous note</source>
        <translation>上一篇笔记的正文</translation>
    </message>
    <message>
        <source>Add to this note</source>
        <translation>补充</translation>
    </message>
    <message>
        <source>Addendum</source>
        <translation>补充内容</translation>
    </message>
    <message>
        <source>What is added is signed and stays as it is</source>
        <translation>加入后即签署，不能再改</translation>
    </message>
    <message>
        <source>Sign and add</source>
        <translation>签署并加入</translation>
    </message>
    <message>
        <source>Finish and sign</source>
        <translation>完成并签署</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>历史版本</translation>
    </message>
    <message>
        <source>Attach…</source>
        <translation>添加附件…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>What you typed last is not saved yet. It stays here, and saving is tried again by itself.</source>
        <translation>最后输入的内容还没有保存。它仍在这里，程序会自动再试。</translation>
    </message>
</context>
<context>
    <name>NoteKind</name>
    <message>
        <source>Formal record</source>
        <translation>正式记录</translation>
    </message>
    <message>
        <source>Process note</source>
        <translation>个人过程笔记</translation>
    </message>
    <message>
        <source>Part of the client&apos;s file; can be exported.</source>
        <translation>属于来访者档案，可以导出。</translation>
    </message>
    <message>
        <source>Only for you; never in an export unless you choose it yourself.</source>
        <translation>仅供本人；除非您亲自选择，不会出现在导出中。</translation>
    </message>
    <message>
        <source>Untitled note</source>
        <translation>未命名笔记</translation>
    </message>
</context>
<context>
    <name>NotePdf</name>
    <message>
        <source>{label} · page {n} of {all}</source>
        <translation>{label} · 第 {n} 页，共 {all} 页</translation>
    </message>
    <message>
        <source>Records of {label}</source>
        <translation>{label} 的咨询记录</translation>
    </message>
    <message>
        <source>Exported {time}. Confidential: keep it where only you can read it.</source>
        <translation>导出于 {time}。内容保密，请存放在只有您能看到的地方。</translation>
    </message>
    <message>
        <source>Attached in the vault, not printed here: {names}</source>
        <translation>附件留在保险库中，此处未打印：{names}</translation>
    </message>
</context>
<context>
    <name>NoteRefusal</name>
    <message>
        <source>The disk did not keep what was written. Back up soon; locking and unlocking repairs what can be repaired.</source>
        <translation>磁盘没有留住写入的内容。请尽快备份；锁定后再解锁，程序会修复能修复的部分。</translation>
    </message>
    <message>
        <source>The disk is full. Free some room on this computer.</source>
        <translation>磁盘已满，请在这台电脑上腾出一些空间。</translation>
    </message>
    <message>
        <source>This computer does not let SafeSession write here.</source>
        <translation>这台电脑不允许 SafeSession 写入此处。</translation>
    </message>
    <message>
        <source>The notes are locked.</source>
        <translation>笔记已锁定。</translation>
    </message>
    <message>
        <source>This note is signed and stays as it is. Add to it below.</source>
        <translation>此笔记已签署，不再改动。可在下方补充。</translation>
    </message>
    <message>
        <source>This note was saved in another place.</source>
        <translation>此笔记已在别处保存过。</translation>
    </message>
    <message>
        <source>Another client&apos;s file has this code. Choose another.</source>
        <translation>已有档案使用这个代号，请换一个。</translation>
    </message>
    <message>
        <source>This file cannot be attached: it is empty, larger than 25 MB, or its name is too long.</source>
        <translation>无法添加这个文件：它是空的、超过 25 MB，或名称太长。</translation>
    </message>
    <message>
        <source>A process note leaves only when you choose it yourself.</source>
        <translation>个人过程笔记只有在您亲自选择时才会导出。</translation>
    </message>
    <message>
        <source>This is not in the vault any more.</source>
        <translation>保险库中已没有这一项。</translation>
    </message>
    <message>
        <source>This file has changed since it was shown. Look at it again, then decide.</source>
        <translation>显示之后，这份档案有了变化。请重新查看，再作决定。</translation>
    </message>
    <message>
        <source>The time of this file is not over: it must still be kept.</source>
        <translation>这份档案的期限未满，仍须保留。</translation>
    </message>
    <message>
        <source>This file could not be read.</source>
        <translation>无法读取这个文件。</translation>
    </message>
    <message>
        <source>The file could not be written there. Please choose another place.</source>
        <translation>文件无法写到那里，请换一个位置。</translation>
    </message>
    <message>
        <source>This did not work just now. Please try it again.</source>
        <translation>刚才没有成功，请再试一次。</translation>
    </message>
</context>
<context>
    <name>NoteSearch</name>
    <message>
        <source>The first {n} are shown. One more word helps.</source>
        <translation>只显示前 {n} 条，再加一个词可缩小范围。</translation>
    </message>
    <message>
        <source>Kind of notes</source>
        <translation>笔记类别</translation>
    </message>
    <message>
        <source>Whose notes</source>
        <translation>谁的笔记</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>All clients</source>
        <translation>全部来访者</translation>
    </message>
    <message>
        <source>Both kinds</source>
        <translation>两类笔记</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>最新在前</translation>
    </message>
    <message>
        <source>Best match first</source>
        <translation>最相符在前</translation>
    </message>
</context>
<context>
    <name>NoteVersions</name>
    <message>
        <source>{n} characters</source>
        <translation>{n} 字</translation>
    </message>
    <message>
        <source>Earlier versions</source>
        <translation>历史版本</translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation>改动之处</translation>
    </message>
    <message>
        <source>Bring this version back</source>
        <translation>恢复这一版本</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>No earlier version was kept yet.</source>
        <translation>还没有留存的历史版本。</translation>
    </message>
    <message>
        <source>Struck through: was there and is gone now. Underlined: is new since. Bringing a version back keeps the present text as a version.</source>
        <translation>删除线：原来有、现在没有。下划线：后来新增。恢复旧版本时，现在的内容会另存为一个版本。</translation>
    </message>
</context>
<context>
    <name>Notebook</name>
    <message>
        <source>Nothing was found.</source>
        <translation>没有找到。</translation>
    </message>
    <message>
        <source>No client&apos;s file yet.</source>
        <translation>还没有来访者档案。</translation>
    </message>
    <message>
        <source>Since {day}</source>
        <translation>建档于 {day}</translation>
    </message>
    <message>
        <source>Closed {day}</source>
        <translation>结案于 {day}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Writing the file…</source>
        <translation>正在写入文件…</translation>
    </message>
    <message>
        <source>Composing the PDF… {n} %</source>
        <translation>正在排版 PDF… {n} %</translation>
    </message>
    <message>
        <source>Stopped: no file was written. The access log keeps the line that records were taken out.</source>
        <translation>已停止，没有写出文件。访问日志里仍留有导出的一行。</translation>
    </message>
    <message>
        <source>The file is written, and the access log says so. From now on you keep it safe.</source>
        <translation>文件已写好，并已记入访问日志。此后请您妥善保管。</translation>
    </message>
    <message>
        <source>Close although words are not saved?</source>
        <translation>还有内容没有保存，仍要关闭？</translation>
    </message>
    <message>
        <source>The disk does not take them. If you close now, what you typed since the last saving is lost. You can copy it first.</source>
        <translation>磁盘不接受这些内容。现在关闭，上次保存之后输入的内容会丢失。可以先复制出来。</translation>
    </message>
    <message>
        <source>Close and lose them</source>
        <translation>关闭并放弃</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>留下</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>来访者</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Leave the notes (Ctrl+Shift+N)</source>
        <translation>离开笔记（Ctrl+Shift+N）</translation>
    </message>
    <message>
        <source>Privacy view</source>
        <translation>隐私视图</translation>
    </message>
    <message>
        <source>Codes instead of names (Ctrl+Shift+B)</source>
        <translation>以代号代替姓名（Ctrl+Shift+B）</translation>
    </message>
    <message>
        <source>Search all notes</source>
        <translation>搜索全部笔记</translation>
    </message>
    <message>
        <source>Search all notes (Ctrl+F)</source>
        <translation>搜索全部笔记（Ctrl+F）</translation>
    </message>
    <message>
        <source>Files and notes</source>
        <translation>档案与笔记</translation>
    </message>
    <message>
        <source>All clients</source>
        <translation>全部来访者</translation>
    </message>
    <message>
        <source>New client&apos;s file</source>
        <translation>新建来访者档案</translation>
    </message>
    <message>
        <source>To the client&apos;s file</source>
        <translation>回到档案</translation>
    </message>
    <message>
        <source>Your notes</source>
        <translation>您的笔记</translation>
    </message>
    <message>
        <source>Choose a client&apos;s file on the left, or open a new one. Everything stays encrypted on this computer.</source>
        <translation>请在左侧选择来访者档案，或新建一份。所有内容都加密保存在这台电脑上。</translation>
    </message>
    <message>
        <source>New formal record</source>
        <translation>写正式记录</translation>
    </message>
    <message>
        <source>New process note</source>
        <translation>写过程笔记</translation>
    </message>
    <message>
        <source>Change code or name</source>
        <translation>修改代号或姓名</translation>
    </message>
    <message>
        <source>Export records…</source>
        <translation>导出记录…</translation>
    </message>
    <message>
        <source>{kind}: {meaning}</source>
        <translation>{kind}：{meaning}</translation>
    </message>
    <message>
        <source>File opened {day}</source>
        <translation>{day} 建档</translation>
    </message>
    <message>
        <source>closed {day}</source>
        <translation>{day} 结案</translation>
    </message>
    <message>
        <source>Close this file</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>Take the work up again</source>
        <translation>重新开始咨询</translation>
    </message>
    <message>
        <source>Finish and sign this note?</source>
        <translation>完成并签署这篇笔记？</translation>
    </message>
    <message>
        <source>It stays as it is from then on. You can still add to it; each addition is signed too.</source>
        <translation>签署后不能再改动。仍可补充，每次补充也会签署。</translation>
    </message>
    <message>
        <source>Finish and sign</source>
        <translation>完成并签署</translation>
    </message>
    <message>
        <source>Go on writing</source>
        <translation>继续书写</translation>
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
    <name>Passphrase</name>
    <message>
        <source>Four or five words that have nothing to do with each other are easy to keep and hard to guess.</source>
        <translation>四五个互不相干的词，容易记住，也难被猜到。</translation>
    </message>
    <message>
        <source>Too easy to guess: add another word or two.</source>
        <translation>太容易被猜到，请再加一两个词。</translation>
    </message>
    <message>
        <source>Enough; one more word makes it good.</source>
        <translation>可以；再加一个词就更好。</translation>
    </message>
    <message>
        <source>Good.</source>
        <translation>良好。</translation>
    </message>
    <message>
        <source>Very strong.</source>
        <translation>非常牢固。</translation>
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
        <source>Your institution has ended this computer&apos;s access as counselor.</source>
        <translation>您的机构已停止这台电脑的咨询师权限。</translation>
    </message>
    <message>
        <source>Invites you made here are closed. Your notes are untouched.</source>
        <translation>您在这里创建的邀请已关闭。您的笔记没有改动。</translation>
    </message>
    <message>
        <source>Ask your institution; it can give you a new enrolment token.</source>
        <translation>请联系您的机构；机构可以给您新的登记令牌。</translation>
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
    <name>QAbstractFileIconProvider</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Drive</source>
        <translation>磁盘</translation>
    </message>
</context>
<context>
    <name>RecoverySheet</name>
    <message>
        <source>SafeSession recovery sheet</source>
        <translation>SafeSession 恢复单</translation>
    </message>
    <message>
        <source>Made on {day}</source>
        <translation>制作日期 {day}</translation>
    </message>
    <message>
        <source>This key opens the vault with your notes when the passphrase is forgotten or the computer is lost. It also opens your backups. Whoever holds it and your computer or a backup can read everything.</source>
        <translation>忘记口令或电脑遗失时，用这把密钥可以打开存放记录的保险库，也可以打开您的备份。谁同时拿到它和您的电脑或备份，谁就能读到全部内容。</translation>
    </message>
    <message>
        <source>Keep it where you keep paper files: locked up, away from the computer, and not as a photo or file. If it may have been seen, make a new sheet in SafeSession: menu, Vault and backups. From then on this one no longer opens the vault.</source>
        <translation>请像保管纸质档案那样保管它：上锁，与电脑分开放，不要拍照或存成文件。如果它可能被人看到，请在 SafeSession 的菜单“保险库与备份”里换一张新的，之后这一张就打不开保险库了。</translation>
    </message>
    <message>
        <source>and at the end: {check}</source>
        <translation>最后两位：{check}</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Save as PDF</source>
        <translation>存为 PDF</translation>
    </message>
    <message>
        <source>The printer refused. Save it as a PDF instead.</source>
        <translation>打印机没有接受。请改为存成 PDF。</translation>
    </message>
    <message>
        <source>The sheet was handed to the printer.</source>
        <translation>恢复单已交给打印机。</translation>
    </message>
    <message>
        <source>It could not be saved there.</source>
        <translation>无法保存到那里。</translation>
    </message>
    <message>
        <source>Saved. Print it and delete the file: as a file it is as good as a key.</source>
        <translation>已保存。请打印后删除文件：这个文件就等于一把钥匙。</translation>
    </message>
</context>
<context>
    <name>Retention</name>
    <message>
        <source>one year</source>
        <translation>1 年</translation>
    </message>
    <message>
        <source>{n} years</source>
        <translation>{n} 年</translation>
    </message>
    <message>
        <source>Formal records: {n}.</source>
        <translation>正式记录 {n} 篇。</translation>
    </message>
    <message>
        <source>Process notes: {n}.</source>
        <translation>过程笔记 {n} 篇。</translation>
    </message>
    <message>
        <source>Attached files: {n}.</source>
        <translation>附件 {n} 个。</translation>
    </message>
    <message>
        <source>No notes.</source>
        <translation>没有笔记。</translation>
    </message>
    <message>
        <source>Last activity {day}; to be kept until {until}.</source>
        <translation>最近一次活动：{day}；应保留至{until}。</translation>
    </message>
    <message>
        <source>It was kept longer because: {reason}</source>
        <translation>此前延长保留的理由：{reason}</translation>
    </message>
    <message>
        <source>Files are kept {years} after the last activity in them. Your institution sets this period; 10 years unless it says otherwise.</source>
        <translation>档案在最近一次活动之后保留 {years}。期限由机构规定，没有规定时为 10 年。</translation>
    </message>
    <message>
        <source>Nothing is deleted by itself: you decide about each file.</source>
        <translation>不会自动删除任何内容：每份档案都由您决定。</translation>
    </message>
    <message>
        <source>The time of one file is over.</source>
        <translation>有一份档案期限已满。</translation>
    </message>
    <message>
        <source>The time of {n} files is over.</source>
        <translation>有 {n} 份档案期限已满。</translation>
    </message>
    <message>
        <source>There is no file yet.</source>
        <translation>还没有档案。</translation>
    </message>
    <message>
        <source>No file is due. The next one&apos;s time is over on {day}.</source>
        <translation>没有到期的档案。下一份在{day}到期。</translation>
    </message>
    <message>
        <source>Files are kept {years} from now on. Nothing was deleted.</source>
        <translation>今后档案保留 {years}。没有删除任何内容。</translation>
    </message>
    <message>
        <source>Say why, in at most {n} characters</source>
        <translation>请写明理由，最多 {n} 字</translation>
    </message>
    <message>
        <source>{code} is kept. The log notes the new day.</source>
        <translation>{code} 已延长保留，日志已记下新的日期。</translation>
    </message>
    <message>
        <source>This is not the code of this file</source>
        <translation>这不是这份档案的代号</translation>
    </message>
    <message>
        <source>{code} is deleted, and the keys of every older copy in this vault are destroyed. Backups and exports made before still hold it: delete them too. Remnants on the disk are noise without an older copy of the key file.</source>
        <translation>{code} 已删除，本保险库里所有旧副本的密钥都已销毁。此前的备份和导出的文件里仍有它，请一并删除。磁盘上的残留，没有旧的密钥文件就无法读出。</translation>
    </message>
    <message>
        <source>A number of years from 1 to {n}</source>
        <translation>请填 1 到 {n} 之间的年数</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>保留期限</translation>
    </message>
    <message>
        <source>Change the period</source>
        <translation>修改期限</translation>
    </message>
    <message>
        <source>Delete this file …</source>
        <translation>删除这份档案…</translation>
    </message>
    <message>
        <source>More files follow when these are decided.</source>
        <translation>处理完这些之后，会显示其余的档案。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open the file {code}</source>
        <translation>打开档案 {code}</translation>
    </message>
    <message>
        <source>Keep longer</source>
        <translation>延长保留</translation>
    </message>
    <message>
        <source>Keep the file {code} longer</source>
        <translation>延长保留档案 {code}</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete the file {code}</source>
        <translation>删除档案 {code}</translation>
    </message>
    <message>
        <source>Back to the vault</source>
        <translation>返回保险库</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Years from today</source>
        <translation>自今天起的年数</translation>
    </message>
    <message>
        <source>Years after the last activity</source>
        <translation>最近一次活动之后的年数</translation>
    </message>
    <message>
        <source>Why it is kept</source>
        <translation>保留的理由</translation>
    </message>
    <message>
        <source>Type the code of this file</source>
        <translation>请输入这份档案的代号</translation>
    </message>
    <message>
        <source>Keeping and deleting</source>
        <translation>保留与删除</translation>
    </message>
    <message>
        <source>It counts for every file, from its last activity. A shorter period deletes nothing: more files are then due for review.</source>
        <translation>期限适用于每份档案，从最近一次活动算起。缩短期限不会删除内容，只是有更多档案到期待复核。</translation>
    </message>
    <message>
        <source>Set the period</source>
        <translation>设定期限</translation>
    </message>
    <message>
        <source>Keep {code} longer</source>
        <translation>延长保留 {code}</translation>
    </message>
    <message>
        <source>The reason stays with the file and goes with it. The access log only notes the new day.</source>
        <translation>理由保存在档案里，随档案一起删除。访问日志只记新的日期。</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>All of it goes: texts, versions, addenda, attached files, and its words in the search. Nobody can bring it back from this vault. Only a line with the file&apos;s number stays in the access log.</source>
        <translation>全部删除：正文、历史版本、补充、附件，以及查找用的词。谁也无法从这个保险库里找回。访问日志里只留下一行档案编号。</translation>
    </message>
    <message>
        <source>Delete {code}</source>
        <translation>删除 {code}</translation>
    </message>
    <message>
        <source>One moment …</source>
        <translation>请稍候…</translation>
    </message>
    <message>
        <source>The vault is working; a call is not held up.</source>
        <translation>保险库正在处理，通话不受影响。</translation>
    </message>
    <message>
        <source>Please wait</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Delete {code} for good?</source>
        <translation>永久删除 {code}？</translation>
    </message>
    <message>
        <source>Nothing of it can be brought back.</source>
        <translation>删除之后无法找回。</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>Keep it for now</source>
        <translation>暂时保留</translation>
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
    <name>SecretField</name>
    <message>
        <source>Show what is typed (hidden now)</source>
        <translation>显示输入的内容（现在已隐藏）</translation>
    </message>
    <message>
        <source>Hide what is typed (shown now)</source>
        <translation>隐藏输入的内容（现在正显示）</translation>
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
    <name>TemplateFile</name>
    <message>
        <source>Line {n}: {fault}</source>
        <translation>第 {n} 行：{fault}</translation>
    </message>
    <message>
        <source>Nothing was taken from this file.</source>
        <translation>没有采用这个文件的任何内容。</translation>
    </message>
    <message>
        <source>The file was taken. New templates: {added}; replaced: {old}.</source>
        <translation>已采用这个文件。新增模板 {added} 个，替换 {old} 个。</translation>
    </message>
    <message>
        <source>The file is larger than {n} KB.</source>
        <translation>文件超过 {n} KB。</translation>
    </message>
    <message>
        <source>This is not a text file in UTF-8.</source>
        <translation>这不是 UTF-8 编码的文本文件。</translation>
    </message>
    <message>
        <source>This cannot be read as YAML. Often a quotation mark, a bracket or the indentation is not right.</source>
        <translation>这里不符合 YAML 格式，多半是引号、括号或缩进不对。</translation>
    </message>
    <message>
        <source>References (*) and types (!) are not allowed here.</source>
        <translation>这里不能使用引用（*）和类型（!）。</translation>
    </message>
    <message>
        <source>Something else is expected here: compare with the example file.</source>
        <translation>这里应当是别的内容，请对照示例文件。</translation>
    </message>
    <message>
        <source>This is another kind of file, or another version.</source>
        <translation>这是另一种文件，或另一个版本。</translation>
    </message>
    <message>
        <source>There is no template in it, or one without headings.</source>
        <translation>文件里没有模板，或有模板没有标题。</translation>
    </message>
    <message>
        <source>There are too many: at most {n} templates in a file, {n} headings in a template, {all} templates in a vault.</source>
        <translation>数量太多：一个文件最多 {n} 个模板，一个模板最多 {n} 个标题，一个保险库最多 {all} 个模板。</translation>
    </message>
    <message>
        <source>This name is not known here; perhaps it is mistyped.</source>
        <translation>这里没有这个名称，可能写错了。</translation>
    </message>
    <message>
        <source>Something is missing: a template needs key, name and fields, and words in zh or en.</source>
        <translation>缺少内容：模板要有 key、name 和 fields，文字至少写 zh 或 en 之一。</translation>
    </message>
    <message>
        <source>A key has up to 40 small letters a-z, digits and _, and begins with a letter.</source>
        <translation>key 由小写字母 a-z、数字和 _ 组成，以字母开头，最多 40 个字符。</translation>
    </message>
    <message>
        <source>This is there twice.</source>
        <translation>这一项重复了。</translation>
    </message>
    <message>
        <source>A name or heading is one line of 1 to {n} characters that can be printed.</source>
        <translation>名称或标题为一行，1 到 {n} 个可显示的字符。</translation>
    </message>
    <message>
        <source>The example file is written.</source>
        <translation>示例文件已写好。</translation>
    </message>
    <message>
        <source>Removed. Notes that began with it stay as they are.</source>
        <translation>已移除。用它开始的笔记保持原样。</translation>
    </message>
    <message>
        <source>Your institution&apos;s templates</source>
        <translation>机构自有模板</translation>
    </message>
    <message>
        <source>A template file is a text file in YAML, at most {n} KB. It is checked and taken whole or not at all; a template with a known key replaces the one that is here. It stays encrypted in your vault.</source>
        <translation>模板文件是 YAML 文本文件，最多 {n} KB。检查通过才整个采用，否则一概不用；key 相同的模板会替换原有的。内容加密保存在您的保险库里。</translation>
    </message>
    <message>
        <source>There are none yet.</source>
        <translation>还没有。</translation>
    </message>
    <message>
        <source>Take a file…</source>
        <translation>采用文件…</translation>
    </message>
    <message>
        <source>Save an example…</source>
        <translation>保存示例…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>{name} · headings: {n}</source>
        <translation>{name} · {n} 个标题</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
</context>
<context>
    <name>Time</name>
    <message>
        <source>0 seconds</source>
        <translation>0 秒</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <translation>{first} {second}</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>{n} hours</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 分钟</translation>
    </message>
    <message>
        <source>{n} minutes</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>1 second</source>
        <translation>1 秒</translation>
    </message>
    <message>
        <source>{n} seconds</source>
        <translation>{n} 秒</translation>
    </message>
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
    <name>Timeline</name>
    <message>
        <source>File opened</source>
        <translation>建立档案</translation>
    </message>
    <message>
        <source>File closed</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>已导出</translation>
    </message>
    <message>
        <source>Addendum: {title}</source>
        <translation>补充：{title}</translation>
    </message>
    <message>
        <source>Show older ({n} more)</source>
        <translation>显示更早的（还有 {n} 条）</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>已签署</translation>
    </message>
    <message>
        <source>open</source>
        <translation>未签署</translation>
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
    <name>Vault</name>
    <message>
        <source>Your passphrase opens the vault. The system&apos;s keyring opens nothing; it only keeps evidence of how long the access log was.</source>
        <translation>打开保险库要用您的口令。系统的密钥环打不开任何内容，只保存访问日志长度的凭证。</translation>
    </message>
    <message>
        <source>Your passphrase opens the vault, on this computer only. Elsewhere the recovery sheet does.</source>
        <translation>您的口令只在这台电脑上能打开保险库；在别处要用恢复单。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring opens the vault on this computer, without a passphrase.</source>
        <translation>在这台电脑上，系统的密钥环不需口令就能打开保险库。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring works.</source>
        <translation>系统的密钥环工作正常。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring works and holds nothing of this vault.</source>
        <translation>系统的密钥环工作正常，其中没有这个保险库的内容。</translation>
    </message>
    <message>
        <source>This computer has no keyring that can be used. The vault does not need one; only the evidence against an exchanged older copy is missing.</source>
        <translation>这台电脑没有可用的密钥环。保险库并不需要它，只是缺少防止旧副本被调换的凭证。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring is locked. The vault does not need it.</source>
        <translation>系统的密钥环已锁定。保险库并不需要它。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring accepts entries and does not keep them. The vault does not rely on it.</source>
        <translation>系统的密钥环接受内容却不保存。保险库不依赖它。</translation>
    </message>
    <message>
        <source>The entry of this vault in the system&apos;s keyring was changed by somebody else.</source>
        <translation>系统密钥环里属于这个保险库的内容被改动过。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring does not answer; perhaps it is waiting for its own password.</source>
        <translation>系统的密钥环没有回应，也许在等待它自己的密码。</translation>
    </message>
    <message>
        <source>Everything is as it was written: all pages, snapshots, signatures, and all {n} lines of the access log.</source>
        <translation>一切与写入时一致：所有页面、快照、签名，以及访问日志的全部 {n} 行。</translation>
    </message>
    <message>
        <source>One of the two copies of the key file is damaged. Lock and unlock to mend it.</source>
        <translation>密钥文件的两份副本中有一份损坏。锁定后再解锁即可修复。</translation>
    </message>
    <message>
        <source>The access log was changed: line {n} does not fit the one before it.</source>
        <translation>访问日志被改动过：第 {n} 行与前一行接不上。</translation>
    </message>
    <message>
        <source>It does not belong to the history of this vault.</source>
        <translation>它不属于这个保险库的历史。</translation>
    </message>
    <message>
        <source>The damaged file is kept in the vault&apos;s folder under &quot;damaged&quot;.</source>
        <translation>损坏的文件保留在保险库文件夹的 damaged 目录里。</translation>
    </message>
    <message>
        <source>Nothing that was saved is missing.</source>
        <translation>已保存的内容一处不缺。</translation>
    </message>
    <message>
        <source>Damaged pages in the database: {n}. Lock and unlock: the vault then repairs itself from its last good snapshot.</source>
        <translation>数据库有 {n} 页损坏。请锁定后再解锁：保险库会用最近的完好快照自行修复。</translation>
    </message>
    <message>
        <source>Damaged safety copies of the vault itself: {n}. The records are whole; make a backup now.</source>
        <translation>保险库自留的安全副本有 {n} 份损坏。记录本身完整；请现在做一次备份。</translation>
    </message>
    <message>
        <source>Signed notes whose signature does not fit: {n} (number {numbers}).</source>
        <translation>{n} 份已签署记录的签名不符：编号 {numbers}。</translation>
    </message>
    <message>
        <source>The backup of {day} can be restored, all of it read and checked. Clients: {clients}, notes: {notes}.</source>
        <translation>{day} 的备份可以恢复，已全部读出并核对。来访者 {clients} 位，记录 {notes} 份。</translation>
    </message>
    <message>
        <source>The vault&apos;s file was damaged and has been rebuilt from the verified copy of {day} and the changes saved after it: {n}.</source>
        <translation>保险库文件曾损坏，已用 {day} 核验过的副本和其后保存的 {n} 处更改重建。</translation>
    </message>
    <message>
        <source>Changes that are missing: {n}</source>
        <translation>缺少 {n} 处更改：</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>以及另外 {n} 处</translation>
    </message>
    <message>
        <source>Nothing is known about changes after {day}.</source>
        <translation>{day} 之后的更改情况无法得知。</translation>
    </message>
    <message>
        <source>saved after {after}</source>
        <translation>保存于 {after} 之后</translation>
    </message>
    <message>
        <source>saved between {after} and {before}</source>
        <translation>保存于 {after} 至 {before} 之间</translation>
    </message>
    <message>
        <source>one change</source>
        <translation>一处更改</translation>
    </message>
    <message>
        <source>· {what}, {when}</source>
        <translation>· {what}，{when}</translation>
    </message>
    <message>
        <source>note {number}</source>
        <translation>记录 {number}</translation>
    </message>
    <message>
        <source>client file {number}</source>
        <translation>来访者档案 {number}</translation>
    </message>
    <message>
        <source>attachment {number}</source>
        <translation>附件 {number}</translation>
    </message>
    <message>
        <source>a count of mistyped codes</source>
        <translation>邀请码误输次数</translation>
    </message>
    <message>
        <source>a setting of the vault</source>
        <translation>保险库的一项设置</translation>
    </message>
    <message>
        <source>a line of the access log</source>
        <translation>访问日志的一行</translation>
    </message>
    <message>
        <source>Failed tries to open the vault since you were last here: {n}, the latest on {day}. If it was not you, change the passphrase.</source>
        <translation>自您上次使用以来，有 {n} 次尝试打开保险库没有成功，最近一次在 {day}。如果不是您本人，请更换口令。</translation>
    </message>
    <message>
        <source>The count of failed tries could not be read; somebody may have tried.</source>
        <translation>未成功次数的记录读不出来；可能有人尝试过。</translation>
    </message>
    <message>
        <source>The computer went off in the middle of a change. What was saved is back in its place, nothing is missing (changes: {n}).</source>
        <translation>电脑曾在更改途中断电；已把保存的 {n} 处更改放回原处，没有缺失。</translation>
    </message>
    <message>
        <source>The backup of {day} is back. Clients: {clients}, notes: {notes}. If the old computer still exists, do not use SafeSession on both.</source>
        <translation>{day} 的备份已恢复：来访者 {clients} 位，记录 {notes} 份。如果旧电脑还在，请不要在两台电脑上同时使用 SafeSession。</translation>
    </message>
    <message>
        <source>A second copy that the vault keeps of itself was damaged and has been made again. The records are whole.</source>
        <translation>保险库自留的一份副本损坏，已重新制作。记录完整。</translation>
    </message>
    <message>
        <source>The disk is full. You can read, but nothing can be saved before there is room again.</source>
        <translation>磁盘已满。可以阅读，但腾出空间之前无法保存。</translation>
    </message>
    <message>
        <source>The disk is almost full. Please make room soon, or saving will stop.</source>
        <translation>磁盘快满了。请尽快腾出空间，否则将无法保存。</translation>
    </message>
    <message>
        <source>This vault is older than the one you last used here: somebody may have put an old copy in its place. Compare with your last backup.</source>
        <translation>这个保险库比您上次在这里使用的要旧：可能有人换上了旧副本。请与最近的备份比对。</translation>
    </message>
    <message>
        <source>The access log has another history than when you last used it here. Compare with your last backup and tell your institution.</source>
        <translation>访问日志与您上次在这里使用时的历史不同。请与最近的备份比对，并告知您的机构。</translation>
    </message>
    <message>
        <source>The evidence against an exchanged older copy could not be compared this time. The vault itself is open and whole.</source>
        <translation>这次无法比对防止旧副本被调换的凭证。保险库本身已打开，内容完整。</translation>
    </message>
    <message>
        <source>The keys that earlier versions kept in a file are now in the vault; the file was overwritten and deleted.</source>
        <translation>早期版本存在文件里的密钥已移入保险库，原文件已覆盖并删除。</translation>
    </message>
    <message>
        <source>A key file of another identity lay beside the vault. It was put aside and not used.</source>
        <translation>保险库旁有一个属于其他身份的密钥文件，已另行保存，没有使用。</translation>
    </message>
    <message>
        <source>A file with counters beside the vault is damaged. It was left as it is.</source>
        <translation>保险库旁的一个计数文件损坏，已原样保留。</translation>
    </message>
    <message>
        <source>Your vault is ready and open.</source>
        <translation>您的保险库已建好并打开。</translation>
    </message>
</context>
<context>
    <name>VaultCorner</name>
    <message>
        <source>Vault and backups</source>
        <translation>保险库与备份</translation>
    </message>
    <message>
        <source>Lock the vault (Ctrl+L)</source>
        <translation>锁定保险库（Ctrl+L）</translation>
    </message>
    <message>
        <source>Lock by itself after</source>
        <translation>自动锁定时间</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>Your vault is locked. The session goes on as before.</source>
        <translation>保险库已锁定，会谈照常进行。</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>More than 90 days without a rehearsed restoration: try whether your backup really opens.</source>
        <translation>已有 90 多天没有演练恢复：请试一试备份是否真的能打开。</translation>
    </message>
    <message>
        <source>Rehearse now</source>
        <translation>现在演练</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>The time of some files is over ({n}). Nothing is deleted by itself: please review them.</source>
        <translation>有档案期限已满（{n} 份）。不会自动删除任何内容，请逐份复核。</translation>
    </message>
    <message>
        <source>Review them</source>
        <translation>去复核</translation>
    </message>
</context>
<context>
    <name>VaultDoor</name>
    <message>
        <source>The vault cannot be used now</source>
        <translation>保险库暂时无法使用</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Set this vault aside?</source>
        <translation>要把这个保险库另存一旁吗？</translation>
    </message>
    <message>
        <source>Its folder gets another name and is kept. You then restore a backup.</source>
        <translation>它的文件夹会改名保留，然后您从备份恢复。</translation>
    </message>
    <message>
        <source>Set it aside</source>
        <translation>另存一旁</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>先不动</translation>
    </message>
</context>
<context>
    <name>VaultPage</name>
    <message>
        <source>{n} % done</source>
        <translation>已完成 {n} %</translation>
    </message>
    <message>
        <source>a few seconds</source>
        <translation>几秒钟</translation>
    </message>
    <message>
        <source>up to a minute</source>
        <translation>不到一分钟</translation>
    </message>
    <message>
        <source>about {n} minutes</source>
        <translation>约 {n} 分钟</translation>
    </message>
    <message>
        <source>Choose this if somebody may have copied files of this computer and know the old passphrase. All records ({size} MB) are written anew, which takes {time}; meanwhile nothing else is saved. You print a new recovery sheet. If the power fails, the vault is still whole.</source>
        <translation>如果可能有人复制过这台电脑上的文件，又知道旧口令，请勾选。全部记录（{size} MB）会重新写一遍，需要{time}，其间不能保存别的内容。您要打印新的恢复单。中途断电，保险库仍然完好。</translation>
    </message>
    <message>
        <source>There is no backup yet.</source>
        <translation>还没有备份。</translation>
    </message>
    <message>
        <source>Last backup: {day}.</source>
        <translation>最近备份：{day}。</translation>
    </message>
    <message>
        <source>A restoration was never rehearsed.</source>
        <translation>还没有演练过恢复。</translation>
    </message>
    <message>
        <source>Last rehearsal: {day}.</source>
        <translation>最近演练：{day}。</translation>
    </message>
    <message>
        <source>The passphrase was changed. Whoever copied the key file before could still open that copy with the old one.</source>
        <translation>口令已更换。此前若有人复制过密钥文件，仍可用旧口令打开那份副本。</translation>
    </message>
    <message>
        <source>This is not what stands on the sheet</source>
        <translation>与恢复单上的不一致</translation>
    </message>
    <message>
        <source>The new sheet counts from now on; the old one no longer opens this vault. Backups made before still open with the old sheet: keep it, or make a new backup.</source>
        <translation>从现在起以新恢复单为准，旧的打不开这个保险库了。之前做的备份仍要用旧恢复单打开：请留着它，或重新备份一次。</translation>
    </message>
    <message>
        <source>Everything is under new keys: the new passphrase and the new sheet open it, nothing older does. Backups made before still open with the old sheet: keep it, or make a new backup.</source>
        <translation>全部内容已换用新密钥：只有新口令和新恢复单能打开，旧的都不行。此前的备份仍用旧恢复单打开：请保留旧单，或再做一份备份。</translation>
    </message>
    <message>
        <source>The backup is written and was read back whole ({size} KB). Keep it on another disk than this computer&apos;s.</source>
        <translation>备份已写好，并完整读回核对（{size} KB）。请存放在这台电脑之外的磁盘上。</translation>
    </message>
    <message>
        <source>Choose the file first</source>
        <translation>请先选择文件</translation>
    </message>
    <message>
        <source>Type it first</source>
        <translation>请先输入</translation>
    </message>
    <message>
        <source>Choose a longer passphrase: four or five words</source>
        <translation>请用更长的口令：四五个词</translation>
    </message>
    <message>
        <source>The two are not the same; type it again</source>
        <translation>两次输入不一致，请再输一次</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>立即备份</translation>
    </message>
    <message>
        <source>Rehearse a restoration</source>
        <translation>演练恢复</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>更换口令</translation>
    </message>
    <message>
        <source>New recovery sheet</source>
        <translation>换新恢复单</translation>
    </message>
    <message>
        <source>Check everything</source>
        <translation>全面检查</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>What opens it</source>
        <translation>开启方式</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>完好检查</translation>
    </message>
    <message>
        <source>Access and keeping</source>
        <translation>访问与保留</translation>
    </message>
    <message>
        <source>Access log</source>
        <translation>访问日志</translation>
    </message>
    <message>
        <source>Keeping and deleting</source>
        <translation>保留与删除</translation>
    </message>
    <message>
        <source>Who opened, exported or deleted records, and how long they are kept.</source>
        <translation>谁打开、导出或删除过记录，以及记录保留多久。</translation>
    </message>
    <message>
        <source>Also put everything under new keys</source>
        <translation>同时把全部内容换用新密钥</translation>
    </message>
    <message>
        <source>Please rehearse a restoration: a backup that was never opened may not help. It changes nothing and takes a minute.</source>
        <translation>请演练一次恢复：从没打开过的备份，到时不一定有用。演练不改动任何内容，只需一分钟。</translation>
    </message>
    <message>
        <source>Every page, safety copy, signature and line of the access log is read and compared. It can take a while.</source>
        <translation>逐一读出并核对每一页、每份安全副本、每个签名和访问日志的每一行，可能需要一些时间。</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Group {n} on the sheet</source>
        <translation>恢复单上的第 {n} 组</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>The same again</source>
        <translation>再输一次</translation>
    </message>
    <message>
        <source>Backup&apos;s passphrase, or the sheet&apos;s key</source>
        <translation>备份的口令，或恢复单上的密钥</translation>
    </message>
    <message>
        <source>Present passphrase, or the sheet&apos;s key</source>
        <translation>现在的口令，或恢复单上的密钥</translation>
    </message>
    <message>
        <source>Passphrase for this backup (may stay empty)</source>
        <translation>这份备份的口令（可不填）</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新口令</translation>
    </message>
    <message>
        <source>Your vault</source>
        <translation>您的保险库</translation>
    </message>
    <message>
        <source>Notes and keys, encrypted on this computer. Nobody else can open it, and nobody can reset it for you.</source>
        <translation>记录与密钥加密保存在这台电脑上。别人打不开，也没有人能替您重置。</translation>
    </message>
    <message>
        <source>The backup is encrypted. Your recovery sheet opens it; with a passphrase of its own, that opens it too.</source>
        <translation>备份是加密的，用恢复单可以打开；若另设口令，用那个口令也能打开。</translation>
    </message>
    <message>
        <source>Write the backup</source>
        <translation>写入备份</translation>
    </message>
    <message>
        <source>The backup is opened, read and checked as in a restoration, and then thrown away. Nothing is changed.</source>
        <translation>像真正恢复那样打开、读出并核对备份，然后丢弃。不改动任何内容。</translation>
    </message>
    <message>
        <source>Rehearse</source>
        <translation>开始演练</translation>
    </message>
    <message>
        <source>Change it</source>
        <translation>更换</translation>
    </message>
    <message>
        <source>Nothing changes before you have retyped two groups from paper.</source>
        <translation>在您从纸上重新输入两组之前，什么都不会改变。</translation>
    </message>
    <message>
        <source>It is on paper</source>
        <translation>已写在纸上</translation>
    </message>
    <message>
        <source>Show a new sheet</source>
        <translation>显示新恢复单</translation>
    </message>
    <message>
        <source>Check the sheet</source>
        <translation>核对恢复单</translation>
    </message>
    <message>
        <source>Type two groups from the paper in your hand.</source>
        <translation>请看着手里的纸，输入其中两组。</translation>
    </message>
    <message>
        <source>Put everything under new keys</source>
        <translation>全部换用新密钥</translation>
    </message>
    <message>
        <source>Use the new sheet</source>
        <translation>启用新恢复单</translation>
    </message>
    <message>
        <source>One moment …</source>
        <translation>请稍候…</translation>
    </message>
    <message>
        <source>The vault is working; a call is not held up.</source>
        <translation>保险库正在处理，不影响通话。</translation>
    </message>
    <message>
        <source>Your backups stay valid. Your sheet does too, unless everything gets new keys.</source>
        <translation>备份仍然有效。恢复单也仍然有效，除非全部换用新密钥。</translation>
    </message>
    <message>
        <source>Please wait</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Backup file</source>
        <translation>备份文件</translation>
    </message>
</context>
<context>
    <name>VaultProblem</name>
    <message>
        <source>The vault did not do what was asked.</source>
        <translation>保险库没有完成这次操作。</translation>
    </message>
    <message>
        <source>Nothing that was saved has changed.</source>
        <translation>已保存的内容没有改变。</translation>
    </message>
    <message>
        <source>Try again; if it stays so, restart SafeSession.</source>
        <translation>请再试一次；若仍如此，请重新打开 SafeSession。</translation>
    </message>
    <message>
        <source>SafeSession is already open with this vault.</source>
        <translation>SafeSession 已经打开了这个保险库。</translation>
    </message>
    <message>
        <source>Two copies at once could overwrite each other.</source>
        <translation>同时打开两个会互相覆盖。</translation>
    </message>
    <message>
        <source>Use the other window, or close it and try again.</source>
        <translation>请使用已打开的窗口，或关闭它后再试。</translation>
    </message>
    <message>
        <source>The vault&apos;s folder cannot be written.</source>
        <translation>保险库的文件夹无法写入。</translation>
    </message>
    <message>
        <source>Nothing was changed, and nothing could be saved.</source>
        <translation>没有改动任何内容，也无法保存。</translation>
    </message>
    <message>
        <source>Make the disk or folder writable, then try again.</source>
        <translation>请让磁盘或文件夹可以写入，然后再试。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁盘已满。</translation>
    </message>
    <message>
        <source>This change was not saved; everything before it is.</source>
        <translation>这次更改没有保存，之前的都已保存。</translation>
    </message>
    <message>
        <source>Make room, then try again.</source>
        <translation>请腾出空间后再试。</translation>
    </message>
    <message>
        <source>The disk reported an error.</source>
        <translation>磁盘报告了错误。</translation>
    </message>
    <message>
        <source>This change was not saved.</source>
        <translation>这次更改没有保存。</translation>
    </message>
    <message>
        <source>Try again, and make a backup on another disk soon.</source>
        <translation>请再试一次，并尽快备份到另一块磁盘。</translation>
    </message>
    <message>
        <source>This passphrase does not open it.</source>
        <translation>这个口令打不开。</translation>
    </message>
    <message>
        <source>Nothing was changed. A try at this vault is written in its log.</source>
        <translation>没有改动任何内容。对本保险库的尝试会记入它的日志。</translation>
    </message>
    <message>
        <source>Check the keyboard layout and Caps Lock, then try again.</source>
        <translation>请检查键盘布局和大写锁定，然后再试。</translation>
    </message>
    <message>
        <source>This sheet belongs to another vault, or is an older one.</source>
        <translation>这张恢复单属于另一个保险库，或是旧的一张。</translation>
    </message>
    <message>
        <source>Look for the sheet with the latest date.</source>
        <translation>请找日期最近的那一张。</translation>
    </message>
    <message>
        <source>This is not yet the key from a recovery sheet.</source>
        <translation>这还不是恢复单上的密钥。</translation>
    </message>
    <message>
        <source>Nothing was tried.</source>
        <translation>还没有尝试打开。</translation>
    </message>
    <message>
        <source>Compare group by group: eight groups of four, then two more characters.</source>
        <translation>请逐组核对：八组，每组四个字符，最后还有两个字符。</translation>
    </message>
    <message>
        <source>There were several wrong tries, so there is a pause.</source>
        <translation>已有几次没输对，需要等一会儿。</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>没有改动任何内容。</translation>
    </message>
    <message>
        <source>Wait until the time is over, then try again.</source>
        <translation>请等时间过去后再试。</translation>
    </message>
    <message>
        <source>A newer version of SafeSession wrote this file.</source>
        <translation>这个文件是更新版本的 SafeSession 写的。</translation>
    </message>
    <message>
        <source>This version left it exactly as it is.</source>
        <translation>当前版本没有动它。</translation>
    </message>
    <message>
        <source>Install the newer version on this computer.</source>
        <translation>请在这台电脑上安装更新的版本。</translation>
    </message>
    <message>
        <source>This file is not one of SafeSession&apos;s.</source>
        <translation>这不是 SafeSession 的文件。</translation>
    </message>
    <message>
        <source>It was left as it is.</source>
        <translation>已原样保留。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择别的文件。</translation>
    </message>
    <message>
        <source>The vault&apos;s key file and its copy are both damaged.</source>
        <translation>保险库的密钥文件和它的副本都已损坏。</translation>
    </message>
    <message>
        <source>Without them the records here cannot be opened.</source>
        <translation>没有它们，这里的记录无法打开。</translation>
    </message>
    <message>
        <source>Set this vault aside and restore your last backup.</source>
        <translation>请把这个保险库另存一旁，从最近的备份恢复。</translation>
    </message>
    <message>
        <source>Somebody without the key has changed the key file.</source>
        <translation>密钥文件被没有密钥的人改动过。</translation>
    </message>
    <message>
        <source>It is not used, and nothing was changed.</source>
        <translation>已不采用它，也没有改动任何内容。</translation>
    </message>
    <message>
        <source>The vault&apos;s file and all its safety copies are damaged.</source>
        <translation>保险库文件和它的全部安全副本都已损坏。</translation>
    </message>
    <message>
        <source>The damaged files are kept.</source>
        <translation>损坏的文件已保留。</translation>
    </message>
    <message>
        <source>Stored bytes are not what was written.</source>
        <translation>读到的内容与写入时不一致。</translation>
    </message>
    <message>
        <source>Nothing wrong was read or shown.</source>
        <translation>没有读取或显示错误的内容。</translation>
    </message>
    <message>
        <source>Lock and unlock: the vault then repairs itself.</source>
        <translation>请锁定后再解锁，保险库会自行修复。</translation>
    </message>
    <message>
        <source>What was read back differs from what was written.</source>
        <translation>读回的内容与写入的不同。</translation>
    </message>
    <message>
        <source>It does not count as saved.</source>
        <translation>这次不算已保存。</translation>
    </message>
    <message>
        <source>It cannot be opened in this way.</source>
        <translation>无法用这种方式打开。</translation>
    </message>
    <message>
        <source>Use the recovery sheet.</source>
        <translation>请使用恢复单。</translation>
    </message>
    <message>
        <source>The passphrase counts only together with this computer&apos;s keyring, and the keyring has lost its part.</source>
        <translation>口令要与这台电脑的密钥环一起才有效，而密钥环里的那一部分不见了。</translation>
    </message>
    <message>
        <source>The records are whole.</source>
        <translation>记录完整。</translation>
    </message>
    <message>
        <source>The backup file is damaged or incomplete.</source>
        <translation>备份文件损坏或不完整。</translation>
    </message>
    <message>
        <source>Nothing was restored from it.</source>
        <translation>没有从中恢复任何内容。</translation>
    </message>
    <message>
        <source>Copy it again from its source, or use an older backup.</source>
        <translation>请从原处重新复制，或使用更早的备份。</translation>
    </message>
    <message>
        <source>The key file of an earlier version is damaged.</source>
        <translation>早期版本的密钥文件已损坏。</translation>
    </message>
    <message>
        <source>No vault was made, and the file was left as it is.</source>
        <translation>没有建立保险库，文件已原样保留。</translation>
    </message>
    <message>
        <source>Ask your institution, or move the file device.json away.</source>
        <translation>请联系您的机构，或把 device.json 文件移走。</translation>
    </message>
    <message>
        <source>There is a vault on this computer already.</source>
        <translation>这台电脑上已经有保险库。</translation>
    </message>
    <message>
        <source>It was left alone.</source>
        <translation>没有动它。</translation>
    </message>
    <message>
        <source>Close SafeSession and open it again to unlock it.</source>
        <translation>请关闭 SafeSession 再打开，然后解锁。</translation>
    </message>
    <message>
        <source>There is no vault on this computer any more.</source>
        <translation>这台电脑上已经没有保险库。</translation>
    </message>
    <message>
        <source>Its files were moved or deleted.</source>
        <translation>它的文件被移走或删除了。</translation>
    </message>
    <message>
        <source>Close SafeSession and open it again.</source>
        <translation>请关闭 SafeSession 再打开。</translation>
    </message>
    <message>
        <source>The vault is locked.</source>
        <translation>保险库已锁定。</translation>
    </message>
    <message>
        <source>Nothing was read or written.</source>
        <translation>没有读取或写入任何内容。</translation>
    </message>
    <message>
        <source>Unlock it first.</source>
        <translation>请先解锁。</translation>
    </message>
    <message>
        <source>This computer has too little free memory for unlocking.</source>
        <translation>这台电脑的可用内存不足以解锁。</translation>
    </message>
    <message>
        <source>Close some programs, then try again.</source>
        <translation>请关闭一些程序后再试。</translation>
    </message>
    <message>
        <source>The key file asks for an effort that is never used.</source>
        <translation>密钥文件要求的运算量从未使用过。</translation>
    </message>
    <message>
        <source>It may have been changed, so nothing was tried.</source>
        <translation>它可能被改动过，因此没有尝试。</translation>
    </message>
</context>
<context>
    <name>VaultSetup</name>
    <message>
        <source>Choose the backup file first</source>
        <translation>请先选择备份文件</translation>
    </message>
    <message>
        <source>Type the backup&apos;s passphrase or the key from the sheet</source>
        <translation>请输入备份的口令或恢复单上的密钥</translation>
    </message>
    <message>
        <source>Choose a longer passphrase: four or five words</source>
        <translation>请用更长的口令：四五个词</translation>
    </message>
    <message>
        <source>The two are not the same; type it again</source>
        <translation>两次输入不一致，请再输一次</translation>
    </message>
    <message>
        <source>This is not what stands on the sheet</source>
        <translation>与恢复单上的不一致</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Group {n} on the sheet</source>
        <translation>恢复单上的第 {n} 组</translation>
    </message>
    <message>
        <source>Backup file</source>
        <translation>备份文件</translation>
    </message>
    <message>
        <source>Backup&apos;s passphrase, or the sheet&apos;s key</source>
        <translation>备份的口令，或恢复单上的密钥</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>口令</translation>
    </message>
    <message>
        <source>The same again</source>
        <translation>再输一次</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Restore from a backup</source>
        <translation>从备份恢复</translation>
    </message>
    <message>
        <source>The backup becomes the vault of this computer, with a new passphrase and a new sheet. The file itself is not changed.</source>
        <translation>备份将成为这台电脑的保险库，并设新口令和新恢复单。备份文件本身不变。</translation>
    </message>
    <message>
        <source>Set up your vault</source>
        <translation>建立您的保险库</translation>
    </message>
    <message>
        <source>Notes, agreements and keys are kept encrypted on this computer. Only this passphrase opens them; nobody can reset it for you.</source>
        <translation>记录、协议和密钥加密保存在这台电脑上。只有这个口令能打开，没有人能替您重置。</translation>
    </message>
    <message>
        <source>Your recovery sheet</source>
        <translation>您的恢复单</translation>
    </message>
    <message>
        <source>It opens the vault when the passphrase is forgotten. Print it or copy it by hand; it is not shown again.</source>
        <translation>忘记口令时用它打开保险库。请打印或手抄，它不会再次显示。</translation>
    </message>
    <message>
        <source>It is on paper</source>
        <translation>已写在纸上</translation>
    </message>
    <message>
        <source>Check the sheet</source>
        <translation>核对恢复单</translation>
    </message>
    <message>
        <source>Type two groups from the paper in your hand.</source>
        <translation>请看着手里的纸，输入其中两组。</translation>
    </message>
    <message>
        <source>The vault is being made …</source>
        <translation>正在建立保险库…</translation>
    </message>
    <message>
        <source>Make the vault</source>
        <translation>建立保险库</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Choose the backup file</source>
        <translation>选择备份文件</translation>
    </message>
</context>
<context>
    <name>VaultUnlock</name>
    <message>
        <source>Type it first.</source>
        <translation>请先输入。</translation>
    </message>
    <message>
        <source>Set it aside</source>
        <translation>另存一旁</translation>
    </message>
    <message>
        <source>Key from the recovery sheet</source>
        <translation>恢复单上的密钥</translation>
    </message>
    <message>
        <source>Dashes, spaces and small letters are fine.</source>
        <translation>可以带连字符、空格，也可以用小写字母。</translation>
    </message>
    <message>
        <source>Use the passphrase</source>
        <translation>改用口令</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>口令</translation>
    </message>
    <message>
        <source>Use the recovery sheet</source>
        <translation>改用恢复单</translation>
    </message>
    <message>
        <source>The vault is locked</source>
        <translation>保险库已锁定</translation>
    </message>
    <message>
        <source>Notes and records are encrypted.</source>
        <translation>记录已加密。</translation>
    </message>
    <message>
        <source>The session goes on meanwhile.</source>
        <translation>会谈照常进行。</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Unlocking … this takes a moment.</source>
        <translation>正在解锁…需要一点时间。</translation>
    </message>
    <message>
        <source>Next try in {time}.</source>
        <translation>{time} 后可以再试。</translation>
    </message>
    <message>
        <source>The vault is open</source>
        <translation>保险库已打开</translation>
    </message>
    <message>
        <source>Please read this first:</source>
        <translation>请先阅读：</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
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
